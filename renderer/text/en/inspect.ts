export const inspect = {
  title: 'Inspect a message',
};
