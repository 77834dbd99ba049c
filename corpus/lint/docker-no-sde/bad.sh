# places: 2
docker build -t x .
docker buildx build --push -t y .
