// ==UserScript==
// @name  reader
// @require /home/eve/x/lib.js
// @grant none
// ==/UserScript==
run();
