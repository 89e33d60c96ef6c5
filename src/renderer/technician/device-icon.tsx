import {
  BatteryCharging,
  Camera,
  CircuitBoard,
  Cpu,
  CreditCard,
  FileText,
  IdCard,
  Monitor,
  ReceiptText,
  ScanBarcode,
  Stamp,
  Watch,
  type LucideIcon,
} from 'lucide-react'
import type { ReactElement } from 'react'

const icons: Readonly<Record<string, LucideIcon>> = {
  'id-card': IdCard,
  scanner: ScanBarcode,
  'receipt-printer': ReceiptText,
  'certificate-printer': Stamp,
  'document-printer': FileText,
  camera: Camera,
  'ic-card': CreditCard,
  ups: BatteryCharging,
  'io-board': CircuitBoard,
  watchdog: Watch,
  screen: Monitor,
}

/** The picture of a role; its name always stands beside it. */
export function DeviceIcon({ role }: { readonly role: string }): ReactElement {
  const Icon = icons[role] ?? Cpu
  return (
    <span className="device-icon">
      <Icon aria-hidden strokeWidth={1.8} />
    </span>
  )
}
