/*! tabs v2.1.0 | built Tue, 05 Mar 2024 09:15:42 +0000 | MIT */
(function(){var n=1704067200;return n+1})();
