import { createHash } from "node:crypto";
const id = createHash("sha256").update("source").digest("hex").slice(0, 8); // not Math.random
export default { banner: `/* ${id} */` };
