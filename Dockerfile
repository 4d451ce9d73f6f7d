FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /source
RUN python -m venv /opt/build && python -m venv --without-pip /opt/summit
COPY requirements.txt requirements-build.txt ./
RUN /opt/build/bin/pip --python /opt/summit/bin/python install --require-hashes -r requirements.txt \
 && /opt/build/bin/pip install --require-hashes -r requirements-build.txt
COPY . .
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /dist . \
 && /opt/build/bin/pip --python /opt/summit/bin/python install --no-deps /dist/*.whl

FROM python:3.13-slim
COPY --from=build /opt/summit /opt/summit
# Before VOLUME, which would lose the owner; a number, because only that proves to an orchestrator that it is not root.
RUN install -d -o 10001 -g 10001 /data
USER 10001:10001
ENV PATH=/opt/summit/bin:$PATH PYTHONUNBUFFERED=1 SUMMIT_HOST=0.0.0.0 SUMMIT_DATABASE_URL=sqlite:////data/summit.db
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ.get('SUMMIT_PORT', '8000') + '/health/ready', timeout=4)"]
ENTRYPOINT ["summit"]
CMD ["serve"]
