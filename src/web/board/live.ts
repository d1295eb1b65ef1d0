import { type Signal, signal } from '@preact/signals'
import type { CourseView } from '../../api/course.ts'
import { ask, Refusal } from '../parts/api.ts'

const everyMs = 60_000

/** The last hours, asked for again each minute; undefined: not there yet. */
export function followCourse(): Signal<CourseView | undefined> {
  const course = signal<CourseView | undefined>(undefined)
  const look = async (): Promise<void> => {
    try {
      course.value = await ask<CourseView>('GET', '/v1/status/course')
    } catch (error) {
      // The next minute is another chance; what was shown stays.
      if (!(error instanceof Refusal)) throw error
    }
  }
  void look()
  setInterval(() => void look(), everyMs)
  return course
}
