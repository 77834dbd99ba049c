// ==UserScript==
// @name  reader
// @require /build/app-1.0/lib.js
// @grant none
// ==/UserScript==
run();
