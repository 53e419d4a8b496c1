/** What is measured on held-out rows: RMSE, error rate, area under the ROC curve. */

/** sqrt(sum of squared errors / rows), over all agents' rows together when the sums are added first. */
export function rmse(squaredErrorSum: number, rows: number): number {
  return Math.sqrt(squaredErrorSum / rows);
}

/** Labels (0 or 1) on the wrong side of log-odds 0; a score of exactly 0 counts as class 0. */
export function errorCount(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  let errors = 0;
  for (let i = 0; i < scores.length; i++) if (scores[i] > 0 !== labels[i] > 0) errors++;
  return errors;
}

/**
 * P(score of a random positive > score of a random negative), ties counting half (Mann-Whitney):
 *   (sum of the positives' mid-ranks - P(P+1)/2) / (P N). undefined when only one class is present.
 */
export function auc(scores: ArrayLike<number>, labels: ArrayLike<number>): number | undefined {
  const order = Int32Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[a] - scores[b]);
  let positives = 0;
  let rankSum = 0;
  for (let start = 0; start < order.length;) {
    const end = endOfTies(scores, order, start);
    const midRank = (start + 1 + end) / 2;
    for (let r = start; r < end; r++) {
      if (labels[order[r]] <= 0) continue;
      positives++;
      rankSum += midRank;
    }
    start = end;
  }
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return undefined;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

function endOfTies(scores: ArrayLike<number>, order: Int32Array, start: number): number {
  let end = start + 1;
  while (end < order.length && scores[order[end]] === scores[order[start]]) end++;
  return end;
}
