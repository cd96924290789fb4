# make run takes PORT, BIND, VAR_DIR and DEMO_CLOCK, make test, bench and endure take ARGS:
# on the command line (make run PORT=8001) or from the environment.

.PHONY: help run test bench endure lint format messages lock

help:
	@echo 'make run        start the demo town (PORT, BIND, VAR_DIR, DEMO_CLOCK)'
	@echo 'make test       run all tests (ARGS="-k word": only some)'
	@echo 'make bench      measure what is promised, as ratios (ARGS="claims": only some rows)'
	@echo 'make endure     run the long fault tests'
	@echo 'make lint       check all but the tests'
	@echo 'make format     let ruff format and repair the code'
	@echo 'make messages   bring new sentences into the catalogues'
	@echo 'make lock       renew the lock files after a change of a dependency'

run:
	@bin/setup
	@exec .venv/bin/python manage.py run_demo

test:
	@bin/setup dev
	@bin/setup-test-services
	@bin/test $(ARGS)

bench:
	@bin/setup bench
	@bin/setup-test-services
	@.venv/bin/python -m tests.benchmarks $(ARGS)

endure:
	@bin/setup dev
	@bin/setup-test-services
	@.venv/bin/python -m pytest --endure $(ARGS)

lint:
	@bin/setup dev
	@bin/lint

format:
	@bin/setup dev
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

messages:
	@bin/setup dev
	@.venv/bin/python bin/translations update

lock:
	@bin/lock
