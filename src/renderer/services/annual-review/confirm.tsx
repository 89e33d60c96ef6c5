import { ArrowDown } from 'lucide-react'
import type { ReactElement } from 'react'
import type { RowPreview, View } from '../../../ipc/snapshot.ts'
import { useKiosk } from '../../link/kiosk-context.tsx'
import { Pages } from '../../parts/pages.tsx'
import { printedLines } from '../../parts/printed-lines.ts'
import { Plate } from '../../parts/plate.tsx'
import { Shown } from '../../parts/shown.tsx'
import { Stage } from '../../parts/stage.tsx'
import { RecordPage } from '../../pictures/record-page.tsx'
import { useSay } from '../../text/say.ts'
import { writtenDate } from '../../text/written.ts'

type ConfirmView = Extract<View, { screen: 'S07' }>

/** S07: exactly what will be printed, and the new date, before anything that cannot be undone. */
export function Confirm({ view }: { readonly view: ConfirmView }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  return (
    <Stage
      stage="CONFIRM"
      title={say('confirm.title')}
      guide={say('confirm.warning')}
      lead={
        <div className="offer">
          <div className="offer__vehicle">
            <Plate vehicle={view.vehicle} />
            <dl className="offer__facts">
              <dt>{say('confirm.certificate')}</dt>
              <dd>{view.certificateMasked}</dd>
              <dt>{say('confirm.authority')}</dt>
              <dd>
                <Shown text={view.authorityName} />
              </dd>
            </dl>
          </div>
          <Change view={view} />
        </div>
      }
      actions={[
        { label: say('action.LEAVE'), kind: 'quiet', onPress: () => send({ type: 'LEAVE' }) },
        { label: say('action.BACK'), onPress: () => send({ type: 'BACK' }) },
        { label: say('action.CONFIRM'), kind: 'main', onPress: () => send({ type: 'CONFIRM' }) },
      ]}
    >
      {view.preview === null ? <p className="aside">{say('confirm.noPreview')}</p> : <Preview preview={view.preview} />}
    </Stage>
  )
}

/** The date that is, and the date that will be. */
function Change({ view }: { readonly view: ConfirmView }): ReactElement {
  const say = useSay()
  const { currentValidUntil, newValidUntil } = view
  return (
    <div className="change" role="group" aria-label={say('confirm.change')}>
      <p className="change__old">
        <span>{say('confirm.current')}</span>
        <strong>{currentValidUntil === null ? say('confirm.none') : writtenDate(currentValidUntil)}</strong>
      </p>
      <ArrowDown className="change__arrow" aria-hidden strokeWidth={2} />
      <p className="change__new">
        <span>{say('confirm.next')}</span>
        <strong>{writtenDate(newValidUntil)}</strong>
      </p>
    </div>
  )
}

function Preview({ preview }: { readonly preview: RowPreview }): ReactElement {
  const say = useSay()
  return (
    <Pages className="preview">
      <figure>
        <figcaption className="preview__title">
          {say('confirm.willPrint')}
          <span>{say('confirm.row', { row: preview.row })}</span>
        </figcaption>
        <RecordPage preview={preview} />
      </figure>
      <ul className="preview__words">
        {printedLines(preview.fields).map((text, index) => (
          <li key={index}>
            <Shown text={text} />
          </li>
        ))}
      </ul>
    </Pages>
  )
}
