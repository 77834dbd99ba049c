# -X main.date=$(date) is set elsewhere
COMMIT_DATE=$(git log -1 --format=%cI)
go build -trimpath -ldflags "-X main.date=$COMMIT_DATE -X main.commit=$(git rev-parse HEAD)" .
go build -trimpath -ldflags "-X main.date=$(git log -1 --format=%cI)" .
curl -X POST -d "date=$(date)" https://example.org
echo "started $(date)"
