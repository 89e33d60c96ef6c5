// The least an Electron program can do: one window of the kiosk's size with one line of text. What the bench compares with.
const { app, BrowserWindow } = require('electron')

app.setPath('userData', process.env.BARE_DATA)
void app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1080, height: 1920, frame: false, autoHideMenuBar: true })
  window.on('page-title-updated', (_event, title) => {
    if (title !== 'painted') return
    const at = performance.timeOrigin + performance.now()
    process.stdout.write(`kiosk-trace ${JSON.stringify({ mark: 'painted', at })}\n`)
  })
  void window.loadFile('index.html')
})
