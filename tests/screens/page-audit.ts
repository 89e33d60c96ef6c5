/** Faults that a machine can see on a rendered screen. Runs inside the page: it must not refer to anything outside. */
export function auditPage(): string[] {
  const faults: string[] = []
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize)
  const canvas = (pixels: number): number => (pixels / rem) * 100
  const app = document.querySelector<HTMLElement>('.app')
  if (app === null) return ['the page is empty']
  // Staff read smaller type and hit smaller targets than a citizen in gloves, and may reach up.
  const staff = app.matches('.console')
  const smallest = staff ? 23.9 : app.dataset['print'] === 'large' ? 41.9 : 27.9
  const [target, apart] = staff ? [64, 12] : [88, 16]
  const low = app.dataset['reach'] === 'low'
  const portrait = innerHeight > innerWidth
  const panel = document.querySelector<HTMLElement>('.scrim')
  const name = (element: Element): string =>
    `<${element.tagName.toLowerCase()} ${element.getAttribute('class') ?? ''}> “${element.textContent.slice(0, 24)}”`
  const hidden = (element: Element): boolean =>
    element.closest('[inert], .only-spoken') !== null || !element.checkVisibility({ visibilityProperty: true })

  const view = document.querySelector<HTMLElement>('[data-screen]')
  if (view === null) faults.push('no element carries data-screen')
  else if (view.dataset['stage'] === undefined || view.dataset['viewId'] === undefined)
    faults.push('data-stage or data-view-id is missing')

  // Controls: size, name, place, overlap.
  const controls = [...document.querySelectorAll<HTMLElement>('button')].filter((button) => !hidden(button))
  const boxes = controls.map((button) => button.getBoundingClientRect())
  controls.forEach((button, index) => {
    const box = boxes[index]
    if (box === undefined) return
    if (canvas(box.width) < target - 0.5 || canvas(box.height) < target - 0.5)
      faults.push(
        `control under ${target}: ${name(button)} ${Math.round(canvas(box.width))}×${Math.round(canvas(box.height))}`,
      )
    if (box.left < -0.5 || box.top < -0.5 || box.right > innerWidth + 0.5 || box.bottom > innerHeight + 0.5)
      faults.push(`control outside of the screen: ${name(button)}`)
    const label = button.getAttribute('aria-label') ?? button.textContent
    if (!/[\u3400-\u9fff]/.test(label) && !button.classList.contains('press--key'))
      faults.push(`control without a Chinese name: ${name(button)}`)
    if (label.trim() === '') faults.push(`control without a name: ${name(button)}`)
    if (portrait && !staff && canvas(box.top) < (low ? 960 : 768) - 1)
      faults.push(`control too high up: ${name(button)} at ${Math.round(canvas(box.top))}`)
    for (let other = index + 1; other < boxes.length; other++) {
      const second = boxes[other]
      const rival = controls[other]
      if (second === undefined || rival === undefined) continue
      const across = Math.max(box.left - second.right, second.left - box.right)
      const down = Math.max(box.top - second.bottom, second.top - box.bottom)
      if (canvas(Math.max(across, down)) < apart - 0.5)
        faults.push(`controls closer than ${apart}: ${name(button)} and ${name(rival)}`)
    }
    const middle = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)
    if (middle === null || !(button.contains(middle) || middle.contains(button)))
      faults.push(`control is covered: ${name(button)}`)
  })

  // Type: size, clipping, edges.
  const walker = document.createTreeWalker(app, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement
    if (element === null || (node.textContent ?? '').trim() === '' || hidden(element)) continue
    if (panel !== null && !panel.contains(element) && element.closest('main') !== null) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    const whole = range.getBoundingClientRect()
    if (whole.width === 0) continue
    // A line's box is higher than its ink: Noto Sans SC reserves 1.45 em, the characters fill about one.
    const air = parseFloat(getComputedStyle(element).fontSize) * 0.2
    const box = { left: whole.left, right: whole.right, top: whole.top + air, bottom: whole.bottom - air }
    const paper = element.closest('[data-picture]') !== null
    const svg = element.closest('svg')
    const scale = svg === null ? 1 : (svg.getScreenCTM()?.a ?? 1)
    const size = canvas(parseFloat(getComputedStyle(element).fontSize) * scale)
    if (!paper && size < smallest) faults.push(`type under ${smallest}: ${name(element)} ${size.toFixed(1)}`)
    if (paper) continue
    if (box.left < -1 || box.right > innerWidth + 1 || box.top < -1 || box.bottom > innerHeight + 1)
      faults.push(`text outside of the screen: ${name(element)}`)
    if (svg !== null) continue
    for (let parent: HTMLElement | null = element; parent !== null && parent !== app; parent = parent.parentElement) {
      const style = getComputedStyle(parent)
      if (
        style.overflow === 'visible' &&
        !parent.matches(
          'button, .stage, .middle, .foot, .work, .lead, .sheet, .station, .console-stage, .console-bar, .console-foot',
        )
      )
        continue
      if (parent.matches('.foot') && element.closest('.tools') !== null) break
      const frame = parent.getBoundingClientRect()
      if (
        box.top < frame.top - 2 ||
        box.bottom > frame.bottom + 2 ||
        box.left < frame.left - 2 ||
        box.right > frame.right + 2
      ) {
        faults.push(`text runs out of ${name(parent)}: ${name(element)}`)
        break
      }
      if (style.position === 'absolute') break
    }
    const weight = getComputedStyle(element).fontWeight
    for (const char of node.textContent ?? '') {
      if (char.trim() !== '' && !document.fonts.check(`${weight} 16px "Noto Sans SC"`, char))
        faults.push(`the font has not loaded for ${char}`)
    }
  }

  // Pictures must be large enough to mean something; text blocks must not lie on each other.
  for (const picture of document.querySelectorAll(
    '.kiosk-picture, .record-page, .mirror, .take__picture, .calibration-picture, .live, .signature__field',
  )) {
    if (hidden(picture)) continue
    const box = picture.getBoundingClientRect()
    if (canvas(Math.min(box.width, box.height)) < 130)
      faults.push(`picture too small: ${name(picture)} ${Math.round(canvas(box.height))}`)
  }
  const blocks = [
    ...document.querySelectorAll(
      '.stage > *, .stage .lead > *, .stage .work > *, .sheet > *, .console-stage > *, .console-work *:not(svg *, button *, .pages *, .live *)',
    ),
  ].filter((block) => !hidden(block) || (panel !== null && panel.contains(block)))
  for (const [index, block] of blocks.entries()) {
    for (const rival of blocks.slice(index + 1)) {
      if (block.contains(rival) || rival.contains(block)) continue
      const a = block.getBoundingClientRect()
      const b = rival.getBoundingClientRect()
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left)
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
      if (across > 2 && down > 2) faults.push(`blocks overlap: ${name(block)} and ${name(rival)}`)
    }
  }
  return [...new Set(faults)]
}
