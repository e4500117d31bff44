/** What a rating is of: the answer of a call, or what a generation wrote. */
export type Rated = { callId: string } | { generationId: string };

export interface OwnRating {
  rating: number | null;
  comment: string | null;
  rated_at: string | null;
}

export const GRADES = [
  { grade: 1, words: "Of no use" },
  { grade: 2, words: "Poor" },
  { grade: 3, words: "Halfway" },
  { grade: 4, words: "Good" },
  { grade: 5, words: "Just right" },
] as const;

export function feedbackOf(rated: Rated): string {
  return "callId" in rated ? `/api/v1/ai-calls/${rated.callId}/feedback` : `/api/v1/generations/${rated.generationId}/feedback`;
}

/** What is said beside the grades: the meaning of the one that was given, else what they are for. */
export function gradeWords(rating: number | null): string {
  return GRADES.find(({ grade }) => grade === rating)?.words ?? "From 1, of no use, to 5, just right";
}
