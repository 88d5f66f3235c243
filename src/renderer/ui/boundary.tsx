import { Component, type ReactNode } from 'react'

interface Props {
  readonly children: ReactNode
  /** What stands there instead, with the way back. */
  readonly fallback: (fault: unknown, again: () => void) => ReactNode
}

/** Keeps a fault of what is inside from taking the rest of the page with it. */
export class Boundary extends Component<Props, { readonly fault: unknown; readonly hasFault: boolean }> {
  override state = { fault: null as unknown, hasFault: false }

  static getDerivedStateFromError(fault: unknown) {
    return { fault, hasFault: true }
  }

  override render() {
    if (!this.state.hasFault) return this.props.children
    return this.props.fallback(this.state.fault, () => this.setState({ fault: null, hasFault: false }))
  }
}
