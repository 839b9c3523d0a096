# `make` alone prints the verbs.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := node_modules/.bin
RUN := node --import tsx

.PHONY: help demo dev check test test-terraform build gen install-provider release bench-terraform bench-service clean

help: ## Show these verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' Makefile

demo: build ## Run the main job: service, terraform apply, drift, repair, destroy; writes only to .demo/
	@$(RUN) scripts/demo.ts

dev: build ## Run the embedded service; a changed source builds and starts it anew (OPTIONS="--port 0")
	@$(RUN) scripts/dev.ts $(OPTIONS)

check: node_modules ## Types, lint, format; generated code and documents must not be stale
	$(BIN)/tsc -p tsconfig.json
	$(BIN)/biome check --error-on-warnings
	$(RUN) scripts/gen.ts --check

test: node_modules ## Install, and run every test
	$(BIN)/vitest run

test-terraform: node_modules ## Run only the tests that need Terraform
	$(BIN)/vitest run test/terraform

build: node_modules ## Build dist/: the program nskv and the Terraform provider
	@$(RUN) scripts/build.ts

gen: node_modules ## Generate: protocol code, SQL migrations, the OpenAPI document, the problem page, the provider's pages
	@$(RUN) scripts/gen.ts

install-provider: build ## Put the provider where `terraform init` and `tofu init` find it
	@$(RUN) scripts/install-provider.ts

release: node_modules ## Make the provider's zips for all platforms, as a registry and a mirror want them, in dist/release/
	@$(RUN) scripts/release/main.ts $(OPTIONS)

bench-terraform: build ## Print the figures of Terraform with 1,000 keys beside terraform_data and a Go provider (OPTIONS="--keys 10000 --rounds 1 --state http")
	@$(RUN) bench/terraform/main.ts $(OPTIONS)

bench-service: build ## Print the figures of the HTTP API beside etcd, bare Hono, MinIO, Postgres and disk
	@$(RUN) bench/service/main.ts $(OPTIONS)

clean: ## Remove what was built, the demo's folder and node_modules
	rm -rf dist .demo node_modules

# The stamp that npm itself writes; `npm ci` installs exactly what the lock file says.
node_modules: node_modules/.package-lock.json
node_modules/.package-lock.json: package.json package-lock.json
	@node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' \
	  || { echo "Node 20.19 or newer is needed: https://nodejs.org" >&2; exit 1; }
	@echo "Installing what package-lock.json names ..."
	@npm ci --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@
