from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.domain.chat import Role, TextPart
from app.domain.kept_chat import ChatMessage, MessageState
from app.domain.message_tree import MessageTree


def message(message_id, parent_id=None, text=""):
    return ChatMessage(
        message_id=message_id,
        parent_id=parent_id,
        role=Role.USER,
        parts=(TextPart(text),),
        state=MessageState.DONE,
    )


def ids(messages):
    return [message.message_id for message in messages]


def tree(leaf_id=None):
    """1 is followed by 2 or by 4 (with 5), and 2 by 3; 6 is another beginning."""
    links = ((1, None), (2, 1), (3, 2), (4, 1), (5, 4), (6, None))
    return MessageTree([message(*link) for link in links], leaf_id)


def test_an_empty_one():
    assert MessageTree().path() == []
    assert MessageTree([], 7).messages == []


def test_the_newest_variants_are_open_without_a_leaf():
    assert ids(tree().path()) == [6]
    assert ids(tree(99).path()) == [6]


def test_the_path_to_the_leaf_is_open():
    assert ids(tree(3).path()) == [1, 2, 3]


def test_the_path_goes_on_behind_a_leaf_that_is_followed():
    assert ids(tree(1).path()) == [1, 4, 5]


def test_variants_are_those_with_the_same_parent():
    assert tree().variants(4) == [2, 4]
    assert tree().variants(1) == [1, 6]
    assert tree().variants(5) == [5]


def test_going_to_another_variant_and_back_shows_the_same():
    chat = tree(3)
    chat.open(4)
    assert ids(chat.path()) == [1, 4, 5]
    chat.open(6)
    chat.open(2)
    assert ids(chat.path()) == [1, 2, 3]


def test_what_is_added_is_open():
    chat = tree(5)
    chat.add(message(7, 2))
    assert ids(chat.path()) == [1, 2, 7]
    assert chat.variants(7) == [3, 7]


def test_another_state_takes_the_place():
    chat = tree(3)
    chat.replace(message(2, 1, "new"))
    assert chat[2].text == "new"
    assert ids(chat.messages) == [1, 2, 3, 4, 5, 6]


def test_a_neighbour_is_open_where_one_was_taken_out():
    chat = tree(5)
    assert ids(chat.remove(4)) == [4, 5]
    assert ids(chat.path()) == [1, 2, 3]
    chat.remove(2)
    assert ids(chat.path()) == [1]
    assert ids(chat.messages) == [1, 6]


def test_what_is_not_open_is_taken_out_unseen():
    chat = tree(3)
    chat.remove(4)
    assert ids(chat.path()) == [1, 2, 3]
    assert 4 not in chat


def test_what_is_put_back_is_open_as_it_was():
    chat = tree(3)
    chat.add(message(7, 2))
    chat.open(3)
    taken = chat.remove(2)
    assert ids(chat.path()) == [1, 4, 5]
    chat.put_back(taken)
    assert ids(chat.path()) == [1, 2, 3]
    assert chat.variants(2) == [2, 4]
    assert chat.variants(3) == [3, 7]


def test_a_chat_of_a_hundred_thousand_messages_in_a_row():
    chat = MessageTree(message(i, i - 1 or None) for i in range(1, 100_001))
    assert len(chat.path()) == len(chat.remove(1)) == 100_000


class Trees(RuleBasedStateMachine):
    """Any sequence of changes, beside plain links from child to parent."""

    @initialize()
    def begin(self):
        self.tree, self.parents, self.last = MessageTree(), {}, 0
        self.taken = []

    @rule(data=st.data())
    def add(self, data):
        self.last += 1
        parent = data.draw(st.sampled_from([None, *self.parents]))
        self.tree.add(message(self.last, parent))
        self.parents[self.last] = parent
        assert ids(self.tree.path())[-1] == self.last

    @precondition(lambda self: self.parents)
    @rule(data=st.data())
    def open(self, data):
        chosen = data.draw(st.sampled_from(list(self.parents)))
        self.tree.open(chosen)
        assert chosen in ids(self.tree.path())

    @precondition(lambda self: self.parents)
    @rule(data=st.data())
    def remove(self, data):
        chosen = data.draw(st.sampled_from(list(self.parents)))
        before = ids(self.tree.path())
        taken = self.tree.remove(chosen)
        assert ids(taken)[0] == chosen
        for gone in ids(taken):
            del self.parents[gone]
        self.taken = taken
        if chosen in before:
            self.tree.put_back(taken)
            assert ids(self.tree.path()) == before
            self.tree.remove(chosen)

    @precondition(lambda self: self.taken and self.taken[0].parent_id in {None, *self.parents})
    @rule()
    def put_back(self):
        self.tree.put_back(self.taken)
        self.parents |= {back.message_id: back.parent_id for back in self.taken}
        assert self.taken[0].message_id in ids(self.tree.path())
        self.taken = []

    @invariant()
    def the_path_is_linked(self):
        path = self.tree.path()
        assert [link.parent_id for link in path] == [None, *ids(path)][: len(path)]
        leaves = set(self.parents) - set(self.parents.values())
        assert not path or path[-1].message_id in leaves
        assert bool(path) == bool(self.parents)

    @invariant()
    def parents_come_before_their_children(self):
        known = {None}
        for link in self.tree.messages:
            assert link.parent_id in known
            known.add(link.message_id)
        assert known == {None, *self.parents}

    @invariant()
    def variants_are_in_order(self):
        for chosen, parent in self.parents.items():
            assert self.tree.variants(chosen) == sorted(
                other for other, its in self.parents.items() if its == parent
            )


TestTrees = Trees.TestCase
