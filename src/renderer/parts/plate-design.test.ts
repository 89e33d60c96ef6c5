import { describe, expect, test } from 'vitest'
import { layOutPlate, plateDesign } from './plate-design.ts'

test.each([
  ['1', 'blue', 'light'],
  ['2', 'yellow', 'dark'],
  ['3', 'black', 'light'],
  ['4', 'white', 'dark'],
  ['5', 'green', 'light'],
  ['91', 'yellow', 'dark'],
  ['92', 'green', 'light'],
  ['93', 'new-large', 'dark'],
  ['94', 'new-small', 'dark'],
] as const)('a plate of colour %s is %s with %s characters', (color, ground, text) => {
  expect(plateDesign(color)).toEqual({ ground, text })
})

describe.each(['粤B12345', '粤A1234挂', '粤BD12345', '粤B12345D', '粤Z1234港'])('the plate %s', (plateNo) => {
  const { cells, dotX, width } = layOutPlate(plateNo)

  test('shows every character once, from left to right, inside the plate', () => {
    expect(cells.map(({ char }) => char).join('')).toBe(plateNo)
    const places = cells.map(({ x }) => x)
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(places[0]! - 32).toBeGreaterThanOrEqual(0)
    expect(places.at(-1)! + 32).toBeLessThanOrEqual(width)
  })

  test('has its dot between the letter and the number', () => {
    expect(dotX).toBeGreaterThan(cells[1]!.x)
    expect(dotX).toBeLessThan(cells[2]!.x)
  })
})
