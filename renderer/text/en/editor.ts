export const editor = {
  title: 'Scenario editor',
};
