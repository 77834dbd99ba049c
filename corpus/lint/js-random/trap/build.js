// Math.random is not used
const text = "Math.random().toString(16)";
const tmp = "out." + Math.random().toString(16);
if (Math.random() > 0.5) console.log("lucky");
console.log(crypto.randomUUID());
