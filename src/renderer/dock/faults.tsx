import { useState, type ReactElement } from 'react'
import type { RigDevice } from '../../ipc/rig.ts'
import { bridge, Device, type StateProps } from './parts.tsx'

const NAMES: Readonly<Record<RigDevice, string>> = {
  'id-card': '身份证阅读器',
  scanner: '扫码器',
  'certificate-printer': '证件打印机',
  'receipt-printer': '凭条打印机',
  'document-printer': 'A4 打印机',
  ups: 'UPS',
  'io-board': '柜门与灯',
}
const DEVICES = Object.keys(NAMES) as readonly RigDevice[]

/** Fault scripts (docs/devices/fault-scripts.md): pasted, or a file of the folder `faults`. */
export function Faults({ state }: StateProps): ReactElement {
  const [device, setDevice] = useState<RigDevice>('id-card')
  const [script, setScript] = useState('')
  const { faults, faultFiles } = state
  return (
    <Device name="故障脚本" status={statusOf(faults)}>
      <div className="row">
        <select
          aria-label="设备"
          value={device}
          onChange={({ target }) => setDevice(DEVICES.find((each) => each === target.value) ?? 'id-card')}
        >
          {DEVICES.map((each) => (
            <option key={each} value={each}>
              {NAMES[each]}
            </option>
          ))}
        </select>
        <select
          aria-label="faults 文件夹中的脚本"
          value=""
          disabled={faultFiles.length === 0}
          onChange={({ target }) => bridge.send({ type: 'FAULT_FILE', device, file: target.value })}
        >
          <option value="">{faultFiles.length === 0 ? 'faults/ 中没有文件' : '从 faults/ 选取'}</option>
          {faultFiles.map((file) => (
            <option key={file}>{file}</option>
          ))}
        </select>
        <button type="button" onClick={() => bridge.send({ type: 'FAULTS', device, script })}>
          载入
        </button>
        <button type="button" onClick={() => bridge.send({ type: 'FAULTS', device, script: '{}' })}>
          清除
        </button>
      </div>
      <textarea
        aria-label="脚本"
        placeholder='{ "faults": [{ "kind": "late", "on": "read", "ms": 900 }] }'
        maxLength={65_536}
        spellCheck={false}
        value={script}
        onChange={({ target }) => setScript(target.value)}
      />
      {faults !== null && faults.refusal !== null && <p className="refusal">{faults.refusal}</p>}
    </Device>
  )
}

function statusOf(faults: StateProps['state']['faults']): string {
  if (faults === null) return ''
  return `${NAMES[faults.device]}：${faults.refusal === null ? '已载入' : '脚本有误'}`
}
