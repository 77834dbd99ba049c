export const page = () => `<p>${new Date().toISOString()}</p>`;
