from app.domain.downloads.lanes import Lanes

MB = 10**6


class File:
    """A file whose connections bring what a function of their number says."""

    def __init__(self, lanes, bytes_per_s):
        self.share = lanes.join(step_s=1.0, patience_s=3.0, hold_s=30.0)
        self.bytes_per_s = bytes_per_s
        self.now_s = 0.0
        self.bytes = 0.0

    def run(self, seconds):
        for _ in range(int(seconds * 4)):
            self.share.open = self.share.allowed
            self.now_s += 0.25
            self.bytes += self.bytes_per_s(self.share.open) / 4
            self.share.measure(self.now_s, int(self.bytes))
        return self.share.open


def test_connections_are_added_while_each_brings_more():
    file = File(Lanes(), lambda connections: connections * 5 * MB)
    assert file.run(0.5) == 2
    assert file.run(8) == 4


def test_a_connection_that_brings_nothing_is_taken_away_again():
    file = File(Lanes(), lambda connections: 5 * MB)
    assert file.run(2) == 3
    assert file.run(4) == 2
    assert file.run(20) == 2


def test_it_is_tried_again_after_a_while():
    file = File(Lanes(), lambda connections: 5 * MB)
    file.run(8)
    file.bytes_per_s = lambda connections: connections * 5 * MB
    assert file.run(45) == 4


def test_a_server_that_asks_for_less_gets_less_for_a_while():
    file = File(Lanes(), lambda connections: connections * 5 * MB)
    file.run(10)
    file.share.slow_down(file.now_s)
    assert file.run(20) == 3
    for _ in range(9):
        file.share.slow_down(file.now_s)
    assert file.run(1) == 1


def test_all_files_together_have_six():
    lanes = Lanes()
    first = File(lanes, lambda connections: connections * 5 * MB)
    assert first.run(10) == 4
    second = File(lanes, lambda connections: connections * 5 * MB)
    assert second.run(10) == 2
    assert first.run(1) == 3
    assert second.run(10) == 3


def test_every_file_has_at_least_one():
    lanes = Lanes(1)
    files = [File(lanes, lambda connections: MB) for _ in range(3)]
    assert [file.run(1) for file in files] == [1, 1, 1]


def test_what_a_finished_file_had_is_free():
    lanes = Lanes(4)
    first = File(lanes, lambda connections: connections * 5 * MB)
    second = File(lanes, lambda connections: connections * 5 * MB)
    first.run(1)
    second.run(1)
    lanes.leave(second.share)
    assert first.run(10) == 4
