import { FileWarning, History, Lock, PackageOpen, Pencil } from 'lucide-react'
import { useState, type ReactElement } from 'react'
import { useKiosk } from '../link/kiosk-context.tsx'
import { Pages } from '../parts/pages.tsx'
import { Press } from '../parts/press.tsx'
import type { Tone } from '../parts/tone.tsx'
import { useSay } from '../text/say.ts'
import { ConsoleStage } from './frame.tsx'
import { FieldEditor, type Field } from './site-field.tsx'
import { SiteReview, type SiteView } from './site-review.tsx'
import { StateChip } from './state.tsx'
import { stamp } from './when.ts'

/** S99: the site file field by field, tried out before it is used, and the log bundle. */
export function Site({ view }: { readonly view: SiteView }): ReactElement {
  const say = useSay()
  const [group, setGroup] = useState(0)
  const [path, setPath] = useState<string | null>(null)
  if (view.stage === 'APPLYING')
    return (
      <ConsoleStage stage="APPLYING" title={say('console.title.S99')}>
        <p className="console-plain" role="status">
          {say('console.site.applying')}
        </p>
      </ConsoleStage>
    )
  if (view.stage === 'REVIEW') return <SiteReview view={view} />
  const field = view.groups.flatMap(({ fields }) => fields).find((candidate) => candidate.path === path)
  if (field !== undefined) return <FieldEditor key={field.path} field={field} onLeave={() => setPath(null)} />
  return <FieldList view={view} group={group} onGroup={setGroup} onField={(next) => setPath(next.path)} />
}

interface FieldListProps {
  readonly view: SiteView
  readonly group: number
  readonly onGroup: (group: number) => void
  readonly onField: (field: Field) => void
}

function FieldList({ view, group, onGroup, onField }: FieldListProps): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  const changed = view.changes.length > 0
  return (
    <ConsoleStage
      stage="EDIT"
      title={say('console.title.S99')}
      guide={changed ? say('console.site.changed', { n: view.changes.length }) : say('console.guide.S99')}
      actions={[
        {
          label: say('console.site.discard'),
          disabled: !changed,
          onPress: () => send({ type: 'CONSOLE_DISCARD' }),
        },
        {
          label: say('console.site.dryRun'),
          kind: 'main',
          disabled: !changed,
          onPress: () => send({ type: 'CONSOLE_DRY_RUN' }),
        },
      ]}
    >
      <div className="site">
        <Pages className="site__groups">
          {view.groups.map(({ title, fields }, index) => (
            <Press key={title} kind="tool" pressed={index === group} onPress={() => onGroup(index)}>
              {title}
              {fields.some(({ problem }) => problem !== null) && <FileWarning aria-label={say('console.site.wrong')} />}
            </Press>
          ))}
        </Pages>
        <Pages key={group} className="site__fields">
          {(view.groups[group]?.fields ?? []).map((field) => (
            <FieldLine key={field.path} field={field} onField={onField} />
          ))}
        </Pages>
      </div>
      <div className="site__foot">
        <LastChange last={view.lastChange} />
        <Bundle bundle={view.bundle} />
      </div>
    </ConsoleStage>
  )
}

interface FieldLineProps {
  readonly field: Field
  readonly onField: (field: Field) => void
}

function FieldLine({ field, onField }: FieldLineProps): ReactElement {
  const say = useSay()
  const isSwitch = field.kind === 'switch'
  const on = field.value === 'true'
  return (
    <div className="field-line" data-fixed={field.fixed}>
      <div className="field-line__words">
        <p>{field.help}</p>
        <p className="console-code">{field.path}</p>
        <p className="field-line__value">
          {isSwitch
            ? say(on ? 'console.site.on' : 'console.site.off')
            : field.value === ''
              ? say('console.site.empty')
              : field.value}
          {field.isDefault && <em className="device-mark">{say('console.site.default')}</em>}
        </p>
        {field.problem !== null && <StateChip tone="bad">{field.problem}</StateChip>}
      </div>
      {field.fixed ? <Fixed /> : <Change field={field} onField={onField} />}
    </div>
  )
}

/** Why there is no button: only the signer of the file may change it. */
function Fixed(): ReactElement {
  const say = useSay()
  return (
    <p className="field-line__fixed">
      <Lock aria-hidden />
      {say('console.site.fixedReason')}
    </p>
  )
}

function Change({ field, onField }: FieldLineProps): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  const isSwitch = field.kind === 'switch'
  const on = field.value === 'true'
  return (
    <Press
      kind="plain"
      label={say(isSwitch ? 'console.site.toggleNamed' : 'console.site.editNamed', { name: field.help })}
      {...(isSwitch ? { pressed: on } : {})}
      onPress={() =>
        isSwitch ? send({ type: 'CONSOLE_EDIT', path: field.path, value: on ? 'false' : 'true' }) : onField(field)
      }
    >
      {isSwitch ? (
        say(on ? 'console.site.turnOff' : 'console.site.turnOn')
      ) : (
        <>
          <Pencil aria-hidden />
          {say('console.site.edit')}
        </>
      )}
    </Press>
  )
}

const outcomes: Readonly<Record<NonNullable<SiteView['lastChange']>['outcome'], Tone>> = {
  KEPT: 'good',
  TRIAL: 'info',
  ROLLED_BACK: 'warning',
}

function LastChange({ last }: { readonly last: SiteView['lastChange'] }): ReactElement {
  const say = useSay()
  return (
    <p className="site__last">
      <History aria-hidden />
      {last === null ? (
        say('console.site.neverChanged')
      ) : (
        <>
          {say('console.site.lastChange', { at: stamp(last.at) })}
          <StateChip tone={outcomes[last.outcome]}>{say(`console.site.outcome.${last.outcome}`)}</StateChip>
        </>
      )}
    </p>
  )
}

const bundleTones: Readonly<Record<SiteView['bundle']['state'], Tone>> = {
  IDLE: 'info',
  PACKING: 'info',
  DONE: 'good',
  FAILED: 'bad',
}

function Bundle({ bundle }: { readonly bundle: SiteView['bundle'] }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  return (
    <div className="bundle">
      <p>
        <StateChip tone={bundleTones[bundle.state]}>{say(`console.bundle.state.${bundle.state}`)}</StateChip>
        {bundle.words === null ? say('console.bundle.todo') : say(bundle.words)}
      </p>
      <Press kind="plain" disabled={bundle.state === 'PACKING'} onPress={() => send({ type: 'CONSOLE_EXPORT_LOGS' })}>
        <PackageOpen aria-hidden />
        {say('console.bundle.export')}
      </Press>
    </div>
  )
}
