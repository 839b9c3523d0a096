/**
 * Runs a task for whoever asks, one run at a time. Who asks during a run shares the next with all who ask meanwhile: what
 * began before cannot answer for what happened since.
 */
export function nextTogether<T>(task: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> | undefined;
  let next: Promise<T> | undefined;
  const begin = (): Promise<T> => {
    next = undefined;
    const run = task();
    const done = () => {
      // Else the next run is about to take its place.
      if (running === settled && !next) running = undefined;
    };
    const settled: Promise<void> = run.then(done, done);
    running = settled;
    return run;
  };
  return () => {
    if (!running) return begin();
    next ??= running.then(begin);
    return next;
  };
}
