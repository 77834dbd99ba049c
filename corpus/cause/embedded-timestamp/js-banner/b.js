/*! tabs v2.1.0 | built Wed, 20 Nov 2024 17:48:03 +0000 | MIT */
(function(){var n=1704067200;return n+1})();
