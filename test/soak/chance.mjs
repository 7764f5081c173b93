/** Numbers from 0 to 1 that the seed decides (a linear congruential generator will do). */
export function randomOf(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

export function sleep(milliseconds) {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}

/** How often each name occurs, such as `cut 3, drop 1`. */
export function countsOf(names) {
  const counts = new Map()
  for (const name of names.toSorted()) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, count]) => `${name} ${count}`).join(', ')
}

export function sum(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0)
}
