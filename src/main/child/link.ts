/** A child process as the shell sees it, whatever kind of process it is. */
export interface ChildLink {
  readonly pid: number | undefined
  post(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  /** Called once, also when the child could not be started at all. `code` when it ended by itself. */
  onExit(listener: (detail: string, code?: number) => void): void
  /** Ends it at once, even when it is frozen. */
  kill(): void
}

export interface ChildSpec {
  readonly name: string
  /** Absolute path of the module to run. */
  readonly modulePath: string
  readonly env: NodeJS.ProcessEnv
}

export type Spawn = (spec: ChildSpec) => ChildLink
