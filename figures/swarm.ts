/** Places for many dots on one line: each moves sideways just far enough not to lie on another. */

/** Offsets across the line, at most `reach` in size, for dots of one radius at the given positions. */
export function swarmOffsets(positions: readonly number[], radius: number, reach: number): number[] {
  const order = positions.map((_, i) => i).sort((a, b) => positions[a] - positions[b] || a - b);
  const offsets = positions.map(() => 0);
  order.forEach((i, rank) => {
    const near = order.slice(0, rank).filter((j) => positions[i] - positions[j] < 2 * radius);
    offsets[i] = freeOffset(
      positions[i],
      near.map((j) => [positions[j], offsets[j]]),
      radius,
      reach,
    );
  });
  return offsets;
}

/** The smallest free offset, alternating sides; 0 when the line is full. */
function freeOffset(position: number, near: readonly (readonly [number, number])[], radius: number, reach: number): number {
  for (let step = 0; step * radius * 0.5 <= reach; step++) {
    for (const offset of [step * radius * 0.5, -step * radius * 0.5]) {
      if (near.every(([x, y]) => Math.hypot(position - x, offset - y) >= 2 * radius)) return offset;
    }
  }
  return 0;
}
