# Short calls of standard tools; README.md gives each one's plain equivalent.
PYTHON ?= python3
VENV   ?= .venv
PORT   ?= 0
SERVE  ?= 1
# A course that adapts the book may set STRICT=0: warnings and numbers without a source no longer stop it.
STRICT ?= 1
export STRICT
BASE   ?= main
FUZZ   ?= 20000
HOSTILE := tests/grading/test_attacks.py tests/grading/test_hostile.py tests/grading/test_siege.py tests/grading/test_oddities.py tests/grading/test_fuzz.py tests/grading/test_jail.py
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
INSTALL := -r requirements.txt -c requirements.lock -e .

WASM_TOOLS := $(BIN)/python -m ziglang version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet --disable-pip-version-check 'ziglang==0.17.1'

.PHONY: help book book-sphinx serve test test-changed hostile coverage hooks system node-packages lab start exercises check grade bench train wasm widget offline print lock lint lint-js types mutants clean

help:
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 24

$(READY): requirements.txt requirements.lock pyproject.toml book/lab-overrides.json
	$(PYTHON) -m venv $(VENV)
	@# uv installs in seconds what pip installs in minutes; where it is not to be had, pip does it.
	@# Bytecode as pip makes it: where Python may not write it later, each import of Keras takes 5 s more.
	@command -v uv >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv || true
	@if uv=$$(command -v uv || command -v $(BIN)/uv); \
	then "$$uv" pip install --quiet --compile-bytecode --python $(BIN)/python $(INSTALL); \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check $(INSTALL); fi
	@# In JupyterLab the prose pages open as pages, not as source.
	@mkdir -p $(VENV)/share/jupyter/lab/settings
	@cp book/lab-overrides.json $(VENV)/share/jupyter/lab/settings/overrides.json
	@touch $@

book: $(READY) ## install, execute the notebooks, build the book and serve it (SERVE=0: only build)
	$(BIN)/jupyter-book build . $(if $(filter 0,$(STRICT)),,-W --keep-going)
ifneq ($(SERVE),0)
	@$(MAKE) --no-print-directory serve
endif

book-sphinx: $(READY) ## build by plain sphinx-build on the newest Sphinx, and compare every page
	$(BIN)/python book/plain_sphinx.py

serve: $(READY) ## serve the built book on a free port (PORT=8000 to choose one)
	@echo "Your book is at the URL below; Ctrl+C stops it."
	@$(BIN)/python -u -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

test: system node-packages $(READY) ## install what the tests need and run them
	@# The compiler, to build the committed engine again; without it that test says that it was skipped.
	@$(WASM_TOOLS) || true
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(TESTS)

test-changed: $(READY) ## for six minutes: the tests that what you changed concerns, nearest first (BASE=main)
	@mkdir -p .cache
	@$(BIN)/python tests/changed.py $(BASE) > .cache/changed || { cat .cache/changed; exit 1; }
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --stop-after=360 $$(cat .cache/changed)

hostile: system $(READY) ## the whole hostile class, the siege and 20,000 spoilt inputs (weekly, an hour or more)
	HOSTILE=all FUZZ=$(FUZZ) $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(HOSTILE)

coverage: system $(READY) ## run the tests and say which lines and branches of the Python code they reach
	@mkdir -p .cache/coverage && $(BIN)/python -m coverage erase
	-$(BIN)/python -m coverage run -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(TESTS)
	$(BIN)/python -m coverage combine --quiet && $(BIN)/python -m coverage html --quiet
	$(BIN)/python -m coverage report --precision=1

system:
	@sh tests/system-packages.sh

# ESLint and the type checker, for who has Node: nobody needs it to read, to learn or to teach. A
# machine that cannot reach the registry says so within seconds, and its tests say that they are skipped.
NPM_CI := npm ci --no-audit --no-fund --loglevel=error --fetch-retries=1 --fetch-timeout=20000
node-packages:
	@if ! command -v npm >/dev/null; then echo "npm is not installed: ESLint and the types of the JavaScript are skipped."; \
	elif [ node_modules/.package-lock.json -nt package-lock.json ]; then :; \
	elif $(NPM_CI) >.npm-ci.log 2>&1; then rm -f .npm-ci.log; \
	else rm -rf node_modules .npm-ci.log; echo "npm cannot fetch packages here: ESLint and the types of the JavaScript are skipped."; fi

lab: $(READY) start ## open JupyterLab on a page that leads through sections and exercises
	@# Learners see nothing of what makes assignments; `jupyter lab` by itself shows it to an author.
	JUPYTER_CONFIG_PATH="book/lab-learners:$$JUPYTER_CONFIG_PATH" $(BIN)/jupyter lab --LabApp.default_url=/lab/tree/notebooks/00-start.ipynb

start: $(READY)
	@$(BIN)/python book/start_page.py

offline: ## build the book and zip it: unpack it anywhere and open html/index.html
	@$(MAKE) --no-print-directory book SERVE=0
	cd _build && $(abspath $(BIN))/python -m zipfile -c convolutional-neural-networks.zip html
	@echo "The book is in _build/convolutional-neural-networks.zip; unpack it and open html/index.html."

print: ## build the book, then print it: PDF, EPUB, solutions and a record sheet
	@$(MAKE) --no-print-directory book SERVE=0
	$(BIN)/python -m convbook.publishing.paper

exercises: $(READY) ## make the students' notebooks and the book's pages of exercises from solutions/
	$(BIN)/python -m autograder exercises
	$(BIN)/python book/exercise_pages.py

check: $(READY) ## score your own notebook on your own machine (no grade): make check NOTEBOOK=path
	$(BIN)/python -m autograder check $(NOTEBOOK)

grade: $(READY) ## grade the sample class and print its table
	$(BIN)/python -m autograder grade 01-shapes-and-counts --sample

bench: $(READY) ## measure against peers; convolution needs torch, mygrad and numpy-ml besides, exports the extra onnx
	$(BIN)/python benchmarks/conv.py
	$(BIN)/python benchmarks/conv_numpy.py
	$(BIN)/python benchmarks/grading.py
	$(BIN)/python benchmarks/solutions.py
	$(BIN)/python benchmarks/growth.py
	$(BIN)/python benchmarks/kernel_lab.py
	$(BIN)/python benchmarks/in_page_network.py
	$(BIN)/python benchmarks/engine.py
	$(BIN)/python benchmarks/exports.py
	$(BIN)/python benchmarks/book.py

train: $(READY) ## list the recorded trainings, or repeat one (hours): make train NAME=pocket-net-cifar10
	$(BIN)/python -m convbook.models.trainings $(NAME)

wasm: $(READY) ## build the page's network engine: C to WebAssembly, plain and relaxed SIMD
	@$(WASM_TOOLS)
	$(BIN)/python -m convbook.widgets.engine.build

lint: $(READY) ## ruff on code and notebooks
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

hooks: $(READY) ## check every commit before it is made: clear notebooks, ruff, the house rules
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "pre-commit>=4,<5"
	$(BIN)/pre-commit install

types: $(READY) ## mypy; tests/types_baseline.json holds how many complaints each room may still have
	$(BIN)/python -m mypy

lint-js: node-packages ## ESLint, types and tests of the JavaScript, where Node is installed
	@if [ -d node_modules ]; then npm run --silent lint && npm test --silent; fi

mutants: $(READY) ## change the code in every small way; list what no test notices (hours; PARTS="nn.loss" for some, PARTS="--fifth run.pool" for a fifth)
	@if uv=$$(command -v uv || command -v $(BIN)/uv); \
	then "$$uv" pip install --quiet --python $(BIN)/python "mutmut>=3.6,<4"; \
	else $(BIN)/python -m pip install --quiet "mutmut>=3.6,<4"; fi
	$(BIN)/python benchmarks/mutants.py $(PARTS)

widget: $(READY) ## look at one widget alone, within a second: make widget NAME=KernelLab
	@$(BIN)/python tests/widgets/alone.py $(NAME)

lock: $(READY) ## write requirements.lock: the exact set that the tests last passed on
	@command -v uv >/dev/null || $(BIN)/python -m pip install --quiet uv
	PATH="$$PATH:$(abspath $(BIN))" uv pip compile --quiet --universal --python-version 3.11 --no-header --no-emit-find-links requirements.txt --output-file requirements.lock

clean: ## remove what was built (the environment stays)
	$(BIN)/jupyter-book clean --all .
