// The smallest page that speaks the bridge: it writes the snapshot down, so that a test can read what arrived, and tries
// what a compromised page would try when it is told to (from its own script, where the page's policy applies).
const root = document.getElementById('root')
globalThis.kiosk.onSnapshot((snapshot) => {
  root.setAttribute('data-screen', snapshot.view.screen)
  root.textContent = JSON.stringify(snapshot)
})

const attempts = {
  eval: () => String(new Function('return "ran"')()),
  async inlineScript() {
    const script = document.createElement('script')
    script.textContent = 'globalThis.inlineRan = true'
    document.body.append(script)
    return globalThis.inlineRan === true ? 'ran' : 'blocked'
  },
  async inlineHandler() {
    document.body.insertAdjacentHTML('beforeend', '<img src="missing.png" onerror="globalThis.handlerRan = true">')
    return globalThis.handlerRan === true ? 'ran' : 'blocked'
  },
  async remoteScript() {
    const { promise, resolve } = Promise.withResolvers()
    const script = document.createElement('script')
    script.onload = () => resolve('ran')
    script.onerror = () => resolve('blocked')
    script.src = 'https://example.com/x.js'
    document.body.append(script)
    return promise
  },
  fetch: () => fetch('https://example.com/').then(() => 'ran'),
  socket: () =>
    new Promise((resolve) => {
      const socket = new WebSocket('ws://127.0.0.1:9/')
      socket.onerror = () => resolve('blocked')
      socket.onopen = () => resolve('ran')
    }),
  async frame() {
    const { promise, resolve } = Promise.withResolvers()
    const violated = () => resolve('blocked')
    document.addEventListener('securitypolicyviolation', violated, { once: true })
    const frame = document.createElement('iframe')
    frame.src = 'https://example.com/'
    document.body.append(frame)
    return promise
  },
  open: () => (window.open('https://example.com/') === null ? 'blocked' : 'ran'),
  print: () => {
    window.print()
    return 'returned'
  },
  alert: () => {
    window.alert('stop')
    return 'returned'
  },
  video: () => navigator.mediaDevices.getUserMedia({ video: true }).then(() => 'ran'),
  audio: () => navigator.mediaDevices.getUserMedia({ audio: true }).then(() => 'ran'),
  screen: () => navigator.mediaDevices.getDisplayMedia({ video: true }).then(() => 'ran'),
  geolocation: () =>
    new Promise((resolve) => {
      navigator.geolocation.getCurrentPosition(
        () => resolve('ran'),
        (error) => resolve(error.code === error.PERMISSION_DENIED ? 'blocked' : `other ${error.code}`),
      )
    }),
  clipboard: () => navigator.clipboard.readText().then(() => 'ran'),
  notifications: () => Notification.requestPermission(),
  usb: () => (navigator.usb === undefined ? 'absent' : navigator.usb.requestDevice({ filters: [] }).then(() => 'ran')),
  navigate: () => {
    location.href = 'https://example.com/'
    return 'asked'
  },
  file: () => {
    location.href = 'file:///etc/passwd'
    return 'asked'
  },
  external: () => {
    location.href = 'tel:110'
    return 'asked'
  },
  download: () => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob(['x']))
    link.download = 'x.txt'
    link.click()
    return 'asked'
  },
}

// From a timer of the page's own, so that the privileges of whoever sent the event do not count.
document.addEventListener('attempt', (event) => {
  setTimeout(async () => {
    const outcome = await Promise.resolve()
      .then(() => attempts[event.detail]())
      .catch((error) => `blocked: ${error.name}`)
    document.dispatchEvent(new CustomEvent('outcome', { detail: String(outcome) }))
  })
})
