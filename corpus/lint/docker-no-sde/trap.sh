# docker build -t x .
docker run x
echo "docker build -t x ."
docker compose build
