// Reads a stream of server-sent events, as the gateway frames them, as the answers of a subscription.
const NEXT = 'event: next\ndata: ';

export async function* answersIn(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let unread = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const events = (unread + value).split('\n\n');
      unread = events.pop();
      for (const event of events) {
        if (event.startsWith(NEXT)) yield JSON.parse(event.slice(NEXT.length));
      }
    }
  } finally {
    // Whoever stops listening closes the connection, which is how a subscription is ended.
    await reader.cancel();
  }
}
