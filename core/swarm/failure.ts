/** What went wrong with a connection, in words, with the system's code at the end. */
export function describeFailure(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return `connection refused: nothing listens there (${error.message})`;
    case 'ECONNRESET':
      return 'connection reset by the broker (ECONNRESET)';
    case 'EADDRNOTAVAIL':
      return `no local port left on this source address: spread the clients over more addresses (${error.message})`;
    case 'EMFILE':
    case 'ENFILE':
      return `too many open files: raise the descriptor limit, ulimit -n (${error.message})`;
    default:
      return error.code === undefined || error.message.includes(error.code) ? error.message : `${error.message} (${error.code})`;
  }
}
