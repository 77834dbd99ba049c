export const dice = () => Math.random().toString(16);
