"""What the jail's self-check says where a probe gets no time: neither an escape nor a pass."""

import pytest

from autograder.jail import doctor, probing, proof
from autograder.jail.channel import Channel, Lost
from autograder.jail.isolation import Jail, NoIsolation
from autograder.jail.profile import Profile

pytestmark = pytest.mark.jail
FEW = {
    "see the grader's own code": "not exists({engine!r})",
    "make namespaces of its own": "not unshares()",
}


@pytest.fixture(autouse=True)
def asked_anew():
    doctor.require.cache_clear()
    yield
    doctor.require.cache_clear()


@pytest.fixture
def lose(monkeypatch):
    """Let the replies to cells that hold a text be lost to the clock, so many times."""

    def choose(text, times):
        lost = []
        send, reply = Channel.send, Channel.reply

        def note(channel, message):
            channel.sent = message.get("source", "")
            return send(channel, message)

        def late(channel, seconds, *ids):
            if text in channel.sent and len(lost) < times:
                lost.append(seconds)
                raise Lost("timeout")
            return reply(channel, seconds, *ids)

        monkeypatch.setattr(Channel, "send", note)
        monkeypatch.setattr(Channel, "reply", late)
        return lost

    monkeypatch.setattr(doctor, "ESCAPES", FEW)
    return choose


def test_a_probe_without_time_is_asked_again_and_for_longer(lose):
    lost = lose("not unshares()", 2)
    doctor.require()
    assert lost == [10, 10 * probing.PATIENCE[0]]


def test_a_probe_that_never_has_time_is_no_pass_and_no_escape(lose):
    lose("not unshares()", 99)
    with pytest.raises(NoIsolation) as refusal:
        doctor.require()
    said = str(refusal.value)
    assert "make namespaces of its own could not be tried" in said
    assert "try again" in said
    assert "does not isolate" not in said
    said = []
    assert not doctor.examine(say=said.append)
    assert any("✗ can't make namespaces" in line and "not be tried" in line for line in said)


def test_an_escape_is_one_however_late_it_is_told(lose):
    lost = lose("not exists(", 1)
    found = {finding.what: finding for finding in doctor.try_escapes("process")}
    assert len(lost) == 1
    escape = found["can't see the grader's own code"]
    assert (escape.well, escape.tried) == (False, True)


def test_a_probe_that_fails_by_itself_proves_nothing(monkeypatch):
    monkeypatch.setattr(doctor, "ESCAPES", {"divide": "1 / 0"})
    [finding] = doctor.try_escapes()
    assert (finding.well, finding.tried) == (False, False)
    assert "division by zero" in finding.advice


def test_the_look_for_the_course_is_taken_again(lose):
    lost = lose("found = opened", 1)
    with Jail(Profile()) as jail:
        proof.prove(jail, ("/nowhere",))
        assert len(lost) == 1
        lose("found = opened", 99)
        with pytest.raises(NoIsolation, match=r"could not be tried.*did not finish.*try again"):
            proof.prove(jail, ("/nowhere",))
