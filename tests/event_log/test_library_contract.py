"""The `eventsourcing` library's own tests, as they are, of its recorder interface over our log."""

import importlib
import sys
from typing import TYPE_CHECKING

import pytest
from eventsourcing import cryptography
from eventsourcing.persistence import ApplicationRecorder

from infra.event_store.recorder import RunningLog, TenantAggregateRecorder, TenantRecorder
from tests.event_log.conftest import somebody

if TYPE_CHECKING:
    from eventsourcing.tests import persistence as library
else:
    # Its module of tests imports its cipher on a package that we do not have; it brings the same on one that we have.
    sys.modules.setdefault("eventsourcing.cipher", cryptography)
    library = importlib.import_module("eventsourcing.tests.persistence")


class OverOurLog:
    """What each of the library's cases is given."""

    INITIAL_VERSION = 0
    log: RunningLog

    @pytest.fixture(autouse=True)
    def _with_log(self, running_log: RunningLog) -> None:
        self.log = running_log


class TestAggregateRecorder(OverOurLog, library.AggregateRecorderTestCase):
    def create_recorder(self) -> TenantAggregateRecorder:
        return TenantAggregateRecorder(self.log, somebody())


class TestApplicationRecorder(OverOurLog, library.ApplicationRecorderTestCase[TenantRecorder]):
    def create_recorder(self) -> TenantRecorder:
        return TenantRecorder(self.log, somebody())

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestNotificationsOfOneInsertStayTogether(OverOurLog, library.NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> ApplicationRecorder:
        return TenantRecorder(self.log, somebody())
