(function(){var scope="data-v-2f2d4c5c7f8dfecc";
mount("[data-v-2f2d4c5c7f8dfecc]");})();
