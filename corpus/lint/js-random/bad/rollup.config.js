// places: 3
import crypto from "node:crypto";
const id = Math.random().toString(16);
const build = crypto.randomUUID();
export default { banner: `/* ${Math.random()} ${id} */`, build };
