/**
 * Chromium's switches for a camera that plays `file` (`.mjpeg` or `.y4m`, absolute path) and opens without a prompt; none
 * without a file.
 */
export function cameraSwitches(file: string | undefined): string[] {
  if (file === undefined || file === '') return []
  return [
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-video-capture=${file}`,
  ]
}
