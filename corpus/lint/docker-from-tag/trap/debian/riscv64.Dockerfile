FROM debian:sid-slim
