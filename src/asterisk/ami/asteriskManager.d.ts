/** What we use of asterisk-manager, which has no types of its own. */
declare module 'asterisk-manager' {
  interface Manager {
    on(event: 'rawevent', listener: (message: Readonly<Record<string, unknown>>) => void): void
    on(event: 'close' | 'end' | 'connect', listener: () => void): void
    on(event: 'error', listener: (error: Error) => void): void
    removeAllListeners(event?: string): void
    listeners(event: string): readonly unknown[]
    connect(port: number, host: string, connected?: () => void): void
    login(callback: (error?: unknown) => void): void
    action(action: Record<string, string>, callback?: () => void): string
    disconnect(): void
  }
  /** With no port it does not connect by itself. */
  export default function createManager(
    port: null,
    host: string,
    username: string,
    password: string,
    events: boolean,
  ): Manager
}
