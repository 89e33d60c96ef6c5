import type { ReactElement } from 'react'
import type { View } from '../../../ipc/snapshot.ts'
import { useKiosk } from '../../link/kiosk-context.tsx'
import { Pages } from '../../parts/pages.tsx'
import { Plate } from '../../parts/plate.tsx'
import { Shown } from '../../parts/shown.tsx'
import { Stage, type Action } from '../../parts/stage.tsx'
import { QrCode } from '../../pictures/qr-code.tsx'
import { useSay, type Say } from '../../text/say.ts'
import { writtenMoney } from '../../text/written.ts'

type LockView = Extract<View, { screen: 'S06' }>
type Lock = LockView['locks'][number]

/** S06: who locked, why, what to do, whom to call – and the payment code where there is a fine. */
export function Locked({ view }: { readonly view: LockView }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  const [first] = view.locks
  const actions: Action[] = [
    { label: say('action.LEAVE'), kind: 'quiet', onPress: () => send({ type: 'LEAVE' }) },
    { label: say('action.BACK'), onPress: () => send({ type: 'BACK' }) },
    { label: say('action.RETRY'), onPress: () => send({ type: 'RETRY' }) },
  ]
  if (view.list !== 'NONE') {
    actions.push({
      label: say('action.PRINT_LIST'),
      kind: 'main',
      disabled: view.list === 'PRINTING' || view.list === 'PRINTED',
      onPress: () => send({ type: 'PRINT_LIST' }),
    })
  }
  return (
    <Stage
      stage="LOCKED"
      title={say('lock.title')}
      guide={
        first === undefined || first.caseNoMasked === null
          ? say('lock.leadPlain')
          : say('lock.lead', { caseNoMasked: first.caseNoMasked })
      }
      lead={<Plate vehicle={view.vehicle} />}
      actions={actions}
    >
      {view.list !== 'NONE' && view.list !== 'OFFERED' && (
        <p className="list-state" role="status">
          {say(`review.list.${view.list}`)}
        </p>
      )}
      <Pages className="locks">
        {view.locks.flatMap((lock, index) => lockRows(say, lock, index + 1, view.locks.length))}
      </Pages>
    </Stage>
  )
}

/** One lock as the rows of a card: what to know, then how to pay. */
function lockRows(say: Say, lock: Lock, nth: number, total: number): ReactElement[] {
  const facts = [
    { term: say('lock.authority'), value: lock.authority },
    { term: say('lock.reason'), value: lock.reason },
    { term: say('lock.contact'), value: lock.contact },
    ...(lock.caseNoMasked === null ? [] : [{ term: say('lock.caseNo'), value: lock.caseNoMasked }]),
  ]
  return [
    ...(total > 1
      ? [
          <p key={nth} className="lock__nth">
            {say('lock.nth', { n: nth, total })}
          </p>,
        ]
      : []),
    ...facts.map(({ term, value }) => (
      <p key={`${nth}${term}`} className="lock__fact">
        <span>{term}</span>
        <strong>
          <Shown text={value} />
        </strong>
      </p>
    )),
    lock.payment === null ? (
      <p key={`${nth}pay`} className="payment">
        {say('lock.noPay')}
      </p>
    ) : (
      <Payment key={`${nth}pay`} payment={lock.payment} />
    ),
  ]
}

/** The kiosk is not a till: it shows the code of the payment platform, whose amount is the one that counts. */
function Payment({ payment }: { readonly payment: NonNullable<Lock['payment']> }): ReactElement {
  const say = useSay()
  return (
    <div className="payment">
      <QrCode value={payment.payUrl} label={say('lock.qr')} />
      <div className="payment__words">
        <strong>{say('lock.pay')}</strong>
        <dl>
          <dt>{say('lock.fine')}</dt>
          <dd>￥{writtenMoney(payment.fineCents)}</dd>
          <dt>{say('lock.surcharge')}</dt>
          <dd>￥{writtenMoney(payment.surchargeCents)}</dd>
          <dt className="payment__total">{say('lock.total')}</dt>
          <dd className="payment__total">￥{writtenMoney(payment.totalCents)}</dd>
        </dl>
        <p>
          {say('lock.payCode')} {payment.payCodeMasked}
        </p>
        <p>{say('lock.payNote')}</p>
      </div>
    </div>
  )
}
