import { useState, type ReactElement } from 'react'
import type { VehicleView } from '../../../ipc/snapshot.ts'
import { useKiosk } from '../../link/kiosk-context.tsx'
import { Keys } from '../../parts/key-pad.tsx'
import { Plate } from '../../parts/plate.tsx'
import { Press } from '../../parts/press.tsx'
import { Stage } from '../../parts/stage.tsx'
import { useSay } from '../../text/say.ts'

type PlateColor = VehicleView['plateColor']

/** Keys of the plate keyboard (GA 36): provinces, then letters and digits without I and O, and the words at the end. */
const provinces = Array.from('京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼')
const marks = Array.from('1234567890ABCDEFGHJKLMNPQRSTUVWXYZ挂')
const colors: readonly PlateColor[] = ['2', '1', '94', '93', '3', '4', '91', '92']

const SHORTEST = 7
const LONGEST = 8

/** 其他车牌: province, characters, colour. Whether the plate is a right one is for the kiosk to say. */
export function PlateEntry({ onDone }: { readonly onDone: () => void }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  const [plateNo, setPlateNo] = useState('')
  const [plateColor, setPlateColor] = useState<PlateColor>('2')
  const complete = plateNo.length >= SHORTEST
  const query = (): void => {
    send({ type: 'QUERY_PLATE', plateNo, plateColor })
    onDone()
  }
  const keys = {
    onKey: (key: string) => setPlateNo((now) => (now + key).slice(0, LONGEST)),
    onDelete: () => setPlateNo((now) => now.slice(0, -1)),
  }
  return (
    <Stage
      stage="PLATE_ENTRY"
      work="controls"
      title={say('plate.title')}
      guide={say(plateNo === '' ? 'plate.provinceHint' : complete ? 'plate.colorHint' : 'plate.charHint')}
      lead={
        <Plate
          size="large"
          vehicle={{
            plateNo: plateNo.padEnd(SHORTEST, ' '),
            plateColor,
            plateColorName: say(`plate.color.${plateColor}`),
          }}
        />
      }
      actions={[
        { label: say('action.LEAVE'), kind: 'quiet', onPress: () => send({ type: 'LEAVE' }) },
        { label: say('action.BACK_TO_LIST'), onPress: onDone },
        { label: say('action.QUERY'), kind: 'main', disabled: !complete, onPress: query },
      ]}
    >
      <div className="swatches" role="group" aria-label={say('plate.colorAria')}>
        {colors.map((color) => (
          <Press
            key={color}
            kind="choice"
            className="swatch"
            pressed={color === plateColor}
            onPress={() => setPlateColor(color)}
          >
            <span className={`swatch__color plate--${color}`} aria-hidden />
            {say(`plate.color.${color}`)}
          </Press>
        ))}
      </div>
      {plateNo === '' ? (
        <Keys label={say('keyboard.provinces')} keys={provinces} columns={9} {...keys} />
      ) : (
        <Keys label={say('keyboard.plate')} keys={marks} columns={9} {...keys} />
      )}
    </Stage>
  )
}
