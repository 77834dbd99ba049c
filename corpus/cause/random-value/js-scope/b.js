(function(){var scope="data-v-5d3848cc8d09826b";
mount("[data-v-5d3848cc8d09826b]");})();
