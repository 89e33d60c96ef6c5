import { useEffect, useState } from 'react'

/** The present instant (milliseconds since the epoch), renewed at every full second of the wall clock. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setTimeout(
      () => {
        setNow(Date.now())
      },
      1000 - (now % 1000) + 5,
    )
    return () => {
      clearTimeout(timer)
    }
  }, [now])
  return now
}
