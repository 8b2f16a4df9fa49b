"""`Desk`: the one door to an office's operations.   Spec: docs/spec/desk.md.

The command line and the pages call this and hold no logic; each operation lives with its kind in this room.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from backchannel.desk import events as ev
from backchannel.desk import housekeeping, keyfile
from backchannel.desk.later import imported_when_used
from backchannel.desk.office import Office, check_clock, read_kept
from backchannel.desk.states import refuse_notes
from backchannel.desk.zones import zone
from backchannel.errors import Locked, NotPossible
from backchannel.letters.dates import Moment, moment_of, parse_moment
from backchannel.letters.matter import VERBS
from backchannel.seals.cards import RelayAddress, check_url, relay_id
from backchannel.station.hatch import Home
from backchannel.text import fold, for_screen
from backchannel.values import dataclass, replace

if TYPE_CHECKING:
    from backchannel.conveyance.covering import Covering
    from backchannel.conveyance.credence import Judgement, Word
    from backchannel.conveyance.introductions import Introduction
    from backchannel.desk.custody import Charge
    from backchannel.desk.publicity import LeakState, PublicationState
    from backchannel.desk.sealing import Order, Plan, Route
    from backchannel.desk.states import ContactState, Correspondent, LetterState, Mandate, State
    from backchannel.letters.deadline_text import Choice
    from backchannel.letters.drafts import Draft, Problem, Source
    from backchannel.letters.letter import Letter
    from backchannel.letters.limits import Whole
    from backchannel.letters.parts import Attachment, Body
    from backchannel.letters.spans import TimeSpan
    from backchannel.letters.when import When
    from backchannel.seals.cards import Card
    from backchannel.seals.files import ForOffice, UnderPassphrase
    from backchannel.seals.lookalike import Match
    from backchannel.terms.standing import Board
    from backchannel.terms.timeline import Line

with imported_when_used():
    from backchannel.desk import (
        accrediting,
        agent,
        aloud,
        backup,
        clauses,
        contacts,
        conveying,
        exporting,
        files,
        forging,
        founding,
        introducing,
        judging,
        mandates,
        opening,
        publishing,
        reading,
        readouts,
        recalling,
        reconciling,
        sealing,
        standing,
        talks,
        timeline,
        tracking,
        translations,
        trust,
    )
    from backchannel.letters import clause_words, date_showing, docket, drafts, edtf, media, page, parts


@dataclass(slots=True)
class Desk:
    """One office's desk, open. Use as a context manager."""

    office: Office
    _master: bytes

    # Opening and closing the desk itself.

    @staticmethod
    def found(directory: Path, passphrase: str, names: dict[str, str], zone_name: str, *, cheap: bool = False) -> Desk:
        """A new office in a new folder. cheap: a passphrase that guards nothing, for the demonstration only."""
        try:
            zone(zone_name)
        except KeyError as error:
            raise NotPossible(
                f"the time zone {zone_name} is not known", next_step="Use one like Asia/Tehran."
            ) from error
        cost = keyfile.CHEAP if cheap else None
        master = founding.found(directory, passphrase, names, zone_name, cost=cost)
        return Desk(Office.open(directory, master), master)

    @staticmethod
    def open(directory: Path, passphrase: str | None, clerk: str | None = None) -> Desk:
        """Open with a passphrase, or without one if the desk is held open. Raises Locked, NotPossible, Damaged."""
        if not (directory / keyfile.NAME).exists():
            raise NotPossible(
                f"there is no office in {directory}", next_step="Make one with `backchannel setup`, or name its folder."
            )
        master = keyfile.unwrap(directory / keyfile.NAME, passphrase) if passphrase is not None else None
        master = master or agent.fetch(directory)
        if master is None:
            raise Locked("the desk is locked")
        return Desk(Office.open(directory, master, clerk=clerk), master)

    @staticmethod
    def unlock(directory: Path, passphrase: str) -> None:
        """Hold the desk open for this user until `lock` or 15 idle minutes."""
        if not (directory / keyfile.NAME).exists():
            raise NotPossible(f"there is no office in {directory}")
        agent.start(directory, keyfile.unwrap(directory / keyfile.NAME, passphrase))

    @staticmethod
    def lock(directory: Path) -> bool:
        return agent.stop(directory)

    @staticmethod
    def is_unlocked(directory: Path) -> bool:
        return agent.fetch(directory) is not None

    @staticmethod
    def restore(path: Path, directory: Path, passphrase: str) -> Desk:
        """A desk from a backup, in a new epoch: nothing that was shared before counts any more."""

        def begin(master: bytes, made: backup.Made) -> None:
            with Office.open(directory, master) as office:
                with office.changing() as change:
                    change.add(ev.Restored(made.at, made.head))
                founding.begin_epoch(office, "restored")

        master, _ = backup.restore(path, directory, passphrase, begin)
        return Desk(Office.open(directory, master), master)

    def close(self) -> None:
        self.office.close()

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # The office.

    @property
    def state(self) -> State:
        return self.office.state

    def keep_house(self) -> housekeeping.News:
        return housekeeping.keep_house(self.office, zone)

    def set_home(
        self,
        url: str,
        shard: bytes,
        *,
        ca: bytes | None = None,
        posting_pass: str | None = None,
        collecting_pass: str | None = None,
        socks: str | None = None,
    ) -> None:
        """Collect at this relay's shard from now on; a new card says so."""
        address = RelayAddress(check_url(url), relay_id(url), ca, shard, posting_pass)
        founding.set_homes(self.office, (Home(address, collecting_pass),), socks)

    def draw_shard(self, prefix_bits: int) -> bytes:
        return founding.draw_shard(prefix_bits, self.office.random)

    def clock_doubt(self) -> str | None:
        return check_clock(self.office)

    def confirm_clock(self) -> None:
        founding.confirm_clock(self.office)

    def new_epoch(self) -> None:
        founding.begin_epoch(self.office, "copy")

    def change_passphrase(self, old: str, new: str) -> None:
        if len(new) < founding.LEAST_PASSPHRASE:
            raise NotPossible(f"a passphrase has at least {founding.LEAST_PASSPHRASE} characters")
        keyfile.change_passphrase(self.office.directory / keyfile.NAME, old, new, self.office.random)

    def back_up(self, path: Path) -> backup.Made:
        """Write a backup; its name is kept, so that burning can name it."""
        with self.office.changing() as change:
            n = change.add(ev.BackupBegun(path.name))
        try:
            made = backup.write(self.office.register, self._master, path, self.office.now)
        except BaseException:
            with self.office.changing() as change:
                change.add(ev.BackupFailed(n))
            raise
        with self.office.changing() as change:
            change.add(ev.BackupMade(n))
        return made

    # Cards.

    def find(self, named: str) -> Correspondent:
        return self.office.find(named)

    def own_card(self, *, as_text: bool) -> bytes:
        return trust.own_card(self.office, as_text=as_text)

    def read_card(self, data: bytes) -> Card:
        return trust.read_card_text(data)

    def likenesses(self, card: Card) -> tuple[tuple[str, Match], ...]:
        return tuple((one.card.body.name, one.match) for one in trust.likenesses(self.office, card))

    def import_card(self, card: Card, *, second_clerk: str | None = None, name: str | None = None) -> str:
        return trust.import_card(self.office, card, second_clerk=second_clerk, name=name)

    def accept_card(self, named: str) -> None:
        trust.accept(self.office, named)

    def safety_number(self, named: str) -> str:
        return trust.number_with(self.office, named)

    def verify(self, named: str, typed: str) -> None:
        trust.verify(self.office, named, typed)

    def settle(self, named: str, second_clerk: str | None) -> None:
        trust.settle(self.office, named, second_clerk)

    def side_by_side(self, named: str) -> tuple[trust.Side, ...]:
        return trust.side_by_side(self.office, named)

    def introduce(
        self,
        named: str,
        to: str,
        *,
        words: Body | None = None,
        signed: bool = False,
        exercise: bool = False,
        each_other: bool = False,
    ) -> tuple[int, ...]:
        return introducing.introduce(
            self.office, named, to, zone, words=words, signed=signed, exercise=exercise, each_other=each_other
        )

    def introduction(self, letter: Letter) -> Introduction | None:
        return introducing.read_letter(letter)

    def set_mandate(
        self,
        named: str,
        text: str,
        *,
        by: str,
        matters: Sequence[str] = (),
        forms: Sequence[str] = (),
        until: str | None = None,
    ) -> None:
        """Say what the channel to an office may be used for, in place of what was said before."""
        to, ends = self.find(named).office, self.instant(until) if until else 0
        mandates.set_mandate(self.office, to, text, by=by, matters=matters, forms=forms, until=ends)

    def end_mandate(self, named: str, by: str) -> None:
        mandates.end(self.office, self.find(named).office, by)

    def mandate(self, named: str) -> tuple[Mandate, int] | None:
        """What the channel to an office may be used for, and when that ended, 0 while it holds; None if nobody said."""
        found = self.find(named).mandate
        return (found, found.ended_at(self.office.now)) if found is not None else None

    def name_office(self, named: str, short: str) -> None:
        trust.name_office(self.office, named, short)

    # Letters.

    def examine(self, sources: list[Source], replies: tuple[int, ...] = ()) -> tuple[Draft | None, tuple[Problem, ...]]:
        return drafts.examine(sources, zone, self.office.clock(), replies, self._parties)

    def read_draft(self, sources: list[Source], replies: tuple[int, ...] = ()) -> Draft:
        """replies: entries of letters it answers, given beside the draft. Raises NotSealable with every reason."""
        return drafts.read_draft(sources, zone, self.office.clock(), replies, self._parties)

    def order(
        self,
        draft: Draft,
        folder: Path,
        *,
        to: str | None,
        signed: bool | None,
        routes: tuple[Route, ...] = (),
        beyond: bool = False,
    ) -> Order:
        """What a draft asks for, attachments read from beside it. What is said on the command line goes first.

        beyond: an envoy's letter may go beyond its credence, as its reader will see.
        """
        named = to or draft.to
        if named is None:
            raise NotPossible("the draft does not say to whom", next_step="Say it with --to OFFICE.")
        other = self.find(named)
        refuse_notes(self.state, draft.replies)
        handling = draft.handling
        exempted = tuple(docket.Exempted(self._office_named(one.name), one.name) for one in handling.exempted)
        claim = None
        if draft.as_envoy_of is not None:
            if draft.verb not in VERBS:
                verbs = ", ".join(VERBS)
                raise NotPossible("an envoy says what it does", next_step=f"Choose --verb among {verbs}.")
            principal, exercise = self.find(draft.as_envoy_of).office, draft.type == "exercise"
            claim = accrediting.claim_for(
                self.office, principal, other.office, draft.verb, draft.matter, exercise=exercise
            )
        settled, acts = clauses.settled(self.office, other.office, draft.clauses, draft.acts)
        return sealing.Order(
            to=other.office,
            form=draft.form.name,
            clauses=settled,
            terms=acts,
            bodies=draft.bodies,
            translators=draft.translators,
            accepted=draft.accepted,
            accepted_why=draft.accepted_why,
            type=draft.type,
            origin=draft.origin,
            attachments=tuple(_attachment(folder, name) for name in draft.attachments),
            date=draft.date,
            reference=draft.reference,
            reply_by=draft.reply_by,
            latest_delivery=draft.latest_delivery,
            replies=draft.replies,
            handling=docket.Handling(
                handling.distribution,
                handling.attribution,
                handling.comment_policy,
                handling.retention,
                handling.carriage,
                handling.may_know,
                exempted,
                handling.instructions,
            ),
            signed=signed if signed is not None else draft.signed,
            routes=routes,
            matters=talks.carried(self.office, draft, other.office),
            authority=claim.to_wire() if claim else None,
            paraphrase=draft.paraphrase,
            beyond=beyond,
        )

    def route(
        self,
        via: str | None,
        *,
        by: str | None = None,
        custody: str | None = None,
        carriage: str | None = None,
        precedence: str | None = None,
        because: str | None = None,
        instructions: str | None = None,
    ) -> Route:
        """A way as a person names it. via: go-betweens in order, divided by commas; None: over the relay."""
        hops = tuple(self.find(name.strip()).office for name in via.split(",")) if via else ()
        return sealing.Route(
            hops,
            self.instant(by) if by else None,
            custody or "oral",
            carriage or "any",
            precedence or "routine",
            because,
            instructions,
        )

    def moment(self, written: str) -> Moment:
        """A moment as a person writes it. Raises Refused [D..] or NotPossible."""
        return parse_moment(written, zone)

    def instant(self, written: str) -> int:
        """Unix seconds of a moment as a person writes it. Raises Refused [D..] or NotPossible."""
        return int(parse_moment(written, zone).unix)

    def _parties(self, to: str) -> dict[str, str]:
        """Names and zones of this office and of those named, by their cards."""
        found = {for_screen(self.state.name): self.state.zone}
        for name in filter(None, (one.strip() for one in to.split(","))):
            office = self._office_named(name)
            if office is not None:
                found[for_screen(name)] = self.state.of(office).card.body.zone
        return found

    def _office_named(self, name: str) -> bytes | None:
        for one in self.state.correspondents.values():
            if one.card_data and fold(name) in {fold(own) for _, own in one.card.body.names} | {fold(one.name or "")}:
                return one.office
        return None

    def plan(self, order: Order) -> Plan:
        with self._blocking():
            return sealing.plan(self.office, order, zone)

    def seal(self, order: Order) -> int:
        with self._blocking():
            return sealing.seal_letter(self.office, order, zone)

    def again(self, n: int, *, spoken: bool = False, routes: tuple[Route, ...] = ()) -> None:
        with self._blocking(n):
            sealing.again(self.office, n, zone, spoken=spoken, routes=routes)

    @contextmanager
    def _blocking(self, n: int = 0) -> Iterator[None]:
        """What would tell an office that must not be told is stopped and recorded. n: the letter, if it is sealed."""
        try:
            yield
        except NotPossible as error:
            if isinstance(error, sealing.MustNotKnow):
                entry = publishing.note_blocked(self.office, error.office, error.by, n)
                error.kept = f"Nothing was sealed; that it was tried is recorded, entry {entry}."
            raise

    def letters(self) -> Iterator[LetterState]:
        """All letters, by entry."""
        letters = self.state.letters
        return (letters[n] for n in sorted(letters))

    def show(self, n: int) -> reading.Shown:
        return reading.show(self.office, n)

    def read(self, n: int, *, anyway: bool = False) -> reading.Shown:
        return reading.read(self.office, n, anyway=anyway)

    def translate(
        self,
        n: int,
        lang: str,
        source: Source,
        by: str,
        *,
        machine: bool = False,
        back: Source | None = None,
        of: str | None = None,
    ) -> int:
        return translations.translate(self.office, n, lang, source, by, zone, machine=machine, back=back, of=of)

    def decline(self, n: int, *, spoken: bool = False) -> int:
        return reading.decline(self.office, n, zone, spoken=spoken)

    def before_burning(self, n: int) -> reading.NotReached:
        return reading.before_burning(self.office, n)

    def burn(self, n: int) -> bool:
        return reading.burn(self.office, n)

    def search(self, query: str) -> list[int]:
        return reading.search(self.office, query)

    def whereabouts(self, letter: LetterState) -> reading.Whereabouts:
        return reading.whereabouts(self.office, letter)

    def forge(self, order: Order) -> tuple[bytes, Letter]:
        """A deniable letter as received: see `forging.forge`."""
        return forging.forge(self.office, order, zone)

    def try_to_open(self, sealed: bytes) -> Letter:
        return opening.try_to_open(self.office, sealed)

    def page(
        self,
        shown: reading.Shown,
        notes: tuple[str, ...],
        say: Callable[[str], str] = str,
        banner: tuple[str, ...] = (),
        beside: tuple[str, ...] = (),
    ) -> str:
        """A letter as one HTML file. banner: on whose authority it speaks, in words.

        beside: the label of each translation made here, in words; without labels none is shown.
        """
        mine = page.Party(self.state.name, "this office")
        theirs = page.Party(shown.other.display, _standing(shown.other, say))
        sender, recipient = (mine, theirs) if shown.state.ours else (theirs, mine)
        clauses, acts = self.terms_in_words(shown.letter, shown.clauses, say)
        made = page.page_of_letter(shown.letter, sender, recipient, notes, banner, clauses, acts)
        bodies = (one.body for one in shown.translations)
        return page.page(replace(made, beside=tuple(zip(beside, bodies, strict=False))), say=say)

    def terms_in_words(
        self, letter: Letter, whole: tuple[Whole, ...], say: Callable[[str], str] = str
    ) -> tuple[tuple[clause_words.Shown, ...], tuple[str, ...]]:
        """A letter's clauses, each with what limits it inside, and what the letter does, a line each."""
        names = clauses.names(self.office, say)
        warnings = clause_words.warnings(letter.clauses, letter.acts, names)
        acts = (clause_words.act_line(act, names) for act in letter.acts)
        return tuple(clause_words.shown(one, names) for one in whole), (*warnings, *acts)

    def draft_page(
        self,
        draft: Draft,
        made: Plan,
        order: Order,
        say: Callable[[str], str] = str,
        banner: tuple[str, ...] = (),
        notes: tuple[str, ...] = (),
    ) -> str:
        """A draft as it will look when it is opened. made: of this order. banner, notes: as for `page`."""
        other = self.state.of(order.to)
        files: tuple[page.File, ...] = page.files_of(order.attachments)
        date: Moment = order.date or moment_of(self.office.clock(), self.state.zone, zone)
        mine, theirs = page.Party(self.state.name, "this office"), page.Party(other.display, _standing(other, say))
        whole, acts = self.terms_in_words(made.letter, made.clauses, say)
        shown = page.page_of_draft(draft, mine, theirs, date, files, notes)
        return page.page(replace(shown, banner=banner, clauses=whole, acts=acts), say=say)

    # Meetings of people without a mandate.

    def read_note(self, source: Source | None, typed: dict[str, Any]) -> contacts.Note:
        """A contact note from a file, fields, or both. Raises NotPossible with every reason."""
        return contacts.read_note(self.office, source, typed, zone)

    def note_contact(self, said: contacts.Note) -> int:
        return contacts.note(self.office, said)

    def contacts(self) -> list[ContactState]:
        """All contact notes, by entry."""
        return [one for _, one in sorted(self.state.contacts.items())]

    def contact(self, n: int) -> tuple[ContactState, str]:
        """A contact note and its text. Raises NotPossible if it is none, or burnt."""
        return contacts.kept(self.state, n), contacts.text_of(self.office, n)

    def mark_contact(self, n: int, word: str, by: str, why: str) -> None:
        contacts.mark(self.office, n, word, by, why)

    def burn_contact(self, n: int) -> bool:
        return contacts.burn(self.office, n)

    # Envoys: whose word they carry.

    def judge(self, letter: LetterState) -> Judgement | None:
        """On whose authority a letter speaks; None where it is in its office's own words."""
        return judging.judge_letter(self.state, letter)

    def judge_order(self, order: Order) -> Judgement | None:
        """What the claim of a letter to be sealed would be worth by this office's own copy; None without a claim."""
        if order.authority is None:
            return None
        exercise = order.type == "exercise"
        return judging.judge_before_sealing(self.state, order.authority, order.to, exercise, self.office.now)

    def accredit(self, wanted: accrediting.Accredit) -> accrediting.Given:
        return accrediting.give(self.office, wanted, zone)

    def credences(self) -> list[accrediting.Listed]:
        return accrediting.listed(self.office)

    def credence(self, named: str) -> accrediting.Listed:
        """The accreditation whose id begins like this. Raises NotPossible if none does, or several."""
        return accrediting.find(self.office, named)

    def recall_credence(self, named: str, routes: tuple[Route, ...] = ()) -> list[int]:
        return accrediting.recall(self.office, self.credence(named).credence.id, routes, zone)

    def ask(
        self,
        principal: str,
        envoy: str,
        *,
        credence: str | None = None,
        letter: int | None = None,
        routes: tuple[Route, ...] = (),
    ) -> int:
        named = self.credence(credence).credence.id if credence else None
        to, about = self.find(principal).office, self.find(envoy).office
        return accrediting.ask(self.office, to, about, zone, credence=named, letter=letter, routes=routes)

    def questions(self) -> list[tuple[Word, Word | None]]:
        return accrediting.kept_questions(self.office)

    def answer(self, n: int, said: str, *, signed: bool = False, routes: tuple[Route, ...] = ()) -> int:
        return accrediting.answer(self.office, n, said, zone, signed=signed, routes=routes)

    def ratify_asked(
        self, n: int, *, disown: bool = False, signed: bool = False, routes: tuple[Route, ...] = ()
    ) -> int:
        return accrediting.ratify_asked(self.office, n, zone, disown=disown, signed=signed, routes=routes)

    def ratify(
        self,
        audience: str,
        envoy: str,
        letter_id: bytes,
        *,
        disown: bool = False,
        signed: bool = False,
        routes: tuple[Route, ...] = (),
    ) -> int:
        to, about = self.find(audience).office, self.find(envoy).office
        return accrediting.ratify(self.office, to, about, letter_id, zone, disown=disown, signed=signed, routes=routes)

    # Meetings.

    def meetings(self) -> Iterator[talks.Arranged]:
        return talks.arranged(self.office)

    def meeting(self, n: int) -> talks.Arranged:
        return talks.find(self.office, n)

    def hours(self, other: bytes, moment: Moment) -> talks.Hours:
        return talks.hours(self.office, other, moment, zone)

    def records(self) -> list[readouts.Sides]:
        return readouts.recorded(self.office)

    def record(self, n: int) -> readouts.Sides:
        return readouts.find(self.office, n)

    # The line of time.

    zones = staticmethod(zone)

    def timeline(self, first: str | None = None, last: str | None = None, *, brief: bool = False) -> Line:
        """first, last: EDTF, of which all that can have been in between. brief: no steps of letters."""
        return timeline.line_of(self.office, timeline.span_of(self.office, first, last), brief=brief)

    def note_event(self, what: str, when: str, text: str, source: str, zone_name: str | None = None) -> int:
        """when: EDTF or `unknown`. Raises NotPossible, Refused [T..]."""
        return timeline.note(self.office, what, when, text, source, zone_name)

    def strike_event(self, n: int, why: str) -> int:
        return timeline.strike(self.office, n, why)

    # Letters taken back.

    def recall(
        self, n: int, *, words: str | None = None, signed: bool | None = None, routes: tuple[Route, ...] = ()
    ) -> int:
        return recalling.recall(self.office, n, zone, words=words, signed=signed, routes=routes)

    def recalled(self, n: int) -> recalling.Recalled | None:
        return recalling.recalled(self.office, n)

    def say_read_aloud(self, n: int, present: Sequence[tuple[str, str]], *, spoken: bool = False) -> None:
        aloud.say_read_aloud(self.office, n, present, zone, spoken=spoken)

    def heard(self, letter: LetterState) -> aloud.Told | None:
        """What a paraphrase is of; None where a letter is none."""
        return aloud.told(self.office, letter)

    def confirm_readback(self, n: int, *, spoken: bool = False) -> int:
        return aloud.confirm_readback(self.office, n, zone, spoken=spoken)

    def put_away(self, n: int) -> None:
        reading.put_away(self.office, n, zone)

    # What is carried for others, and the way of one's own letters.

    def tray(self) -> list[Charge]:
        return conveying.tray(self.office)

    def charge(self, n: int) -> Charge:
        return conveying.charge_of(self.office, n)

    def haste(self, giver: bytes) -> tuple[int, int]:
        return conveying.haste(self.office, giver)

    def asked(self, charge: Charge) -> Covering:
        return conveying.covering_of(self.office, charge)

    def accept(self, n: int, *, signed: bool | None = None, spoken: bool = False) -> None:
        conveying.accept(self.office, n, zone, signed=signed, spoken=spoken)

    def hold(self, n: int, until: str, why: str, *, signed: bool | None = None, spoken: bool = False) -> None:
        conveying.hold(self.office, n, self.instant(until), why, zone, signed=signed, spoken=spoken)

    def decline_carriage(self, n: int, code: str, why: str, *, spoken: bool = False) -> None:
        conveying.decline(self.office, n, code, why, zone, spoken=spoken)

    def give_back(self, n: int, code: str, why: str, *, spoken: bool = False) -> None:
        conveying.give_back(self.office, n, code, why, zone, spoken=spoken)

    def pass_on(
        self, n: int, *, via: str | None = None, words: Body | None = None, custody: str = "oral", spoken: bool = False
    ) -> int:
        hop = self.find(via).office if via else None
        return conveying.pass_on(self.office, n, zone, via=hop, words=words, custody=custody, spoken=spoken)

    def track(self, n: int) -> tuple[tracking.WayTrack, ...]:
        return tracking.track_letter(self.office, n)

    def came_by(self, n: int) -> tuple[tracking.CameBy, ...]:
        return tracking.came_by(self.office, n)

    def evidence_bundle(self, n: int) -> exporting.Made:
        return exporting.bundle_of(self.office, n)

    # Terms.

    def board(self) -> Board:
        """What is offered, binds and is due, from all that this desk holds, now."""
        return standing.board_of(self.office)

    def in_calendars(self, unix: int, other: bytes) -> list[str]:
        """An instant as both sides see it: a line for each zone, with every calendar beside each other."""
        card = self.state.of(other).card_data
        zones = [self.state.zone, *([self.state.of(other).card.body.zone] if card else [])]
        return [
            f"{one.days[0].date} {one.clock[:5]} [{one.zone}]"
            + "".join(f", {day.calendar} {day.date}" for day in one.days[1:] if day.date)
            for one in date_showing.beside(unix, zones, zone)
        ]

    def readings(self, n: int, duration: tuple[int, str], thought_of: dict[str, str]) -> tuple[Choice, ...]:
        """What a duration without an anchor may mean, counted from what is known of letter n. thought_of: name, day."""
        events = {name: parse_moment(when, zone).unix for name, when in thought_of.items()}
        return standing.readings(self.office, reading.get(self.office, n), duration, events)

    def passed(self, date: str, other: bytes) -> tuple[date_showing.Passed, ...]:
        """Whether a date that names no zone has passed for each side. date: as EDTF. Raises NotPossible."""
        found = edtf.parse_edtf(date)
        return date_showing.passed(found, self.office.now, standing.zones_between(self.office, other), zone)

    def records_json(self) -> dict[str, Any]:
        """What the board is computed from, in the form of docs/spec/standing.md, "In a file"."""
        return standing.records_json_of(self.office)

    def entry_of(self, letter_id: bytes) -> int:
        """The entry of a letter by its id; 0 if it is not here."""
        return self.state.entry_of(letter_id)

    def clauses_of(self, n: int, say: Callable[[str], str] = str) -> tuple[clause_words.Shown, ...]:
        """The clauses of a letter that is here, each with what limits it inside."""
        letter = read_kept(self.office, n)
        return self.terms_in_words(
            letter, clauses.whole_clauses(self.office, letter, self.state.letters[n].office), say
        )[0]

    # What is public, leaked or announced.

    def when(self, given: str | None) -> When:
        return publishing.when(self.office, given, zone)

    def span(self, happened: When) -> TimeSpan:
        return happened.span(zone)

    def handled(self, n: int) -> publishing.Handled:
        return publishing.handled(self.office, n)

    def note_leak(
        self, letters: tuple[int, ...], named: str | None, happened: When, *, where: str, source: str, what: str
    ) -> int:
        other = self.find(named).office if named else b""
        return publishing.note_leak(self.office, letters, other, happened, zone, where=where, source=source, what=what)

    def leaks(self) -> list[LeakState]:
        return list(self.state.publicity.leaks.values())

    def leak(self, n: int) -> LeakState:
        return publishing.leak(self.office, n)

    def examine_announcement(self, said: publishing.Announcement) -> tuple[publishing.Finding, ...]:
        return publishing.examine(self.office, said, zone)

    def announce(
        self, said: publishing.Announcement, *, because: str = ""
    ) -> tuple[PublicationState, tuple[publishing.Finding, ...]]:
        return publishing.announce(self.office, said, zone, because=because)

    def publications(self) -> list[PublicationState]:
        return list(self.state.publicity.publications.values())

    def publication(self, n: int) -> PublicationState:
        return publishing.publication(self.office, n)

    def tie_publication(self, n: int, letters: tuple[int, ...]) -> None:
        publishing.tie(self.office, n, letters)

    def embargo(self, letters: tuple[int, ...], until: str, why: str) -> int:
        return publishing.embargo(self.office, letters, self.moment(until), why)

    def publication_alarms(self, only: int = 0) -> list[publishing.Alarm]:
        return list(publishing.alarms(self.office, zone, only))

    def copy_asked(self, n: int, who: str) -> tuple[int, tuple[str, ...] | None]:
        return publishing.copy_asked(self.office, n, who)

    # What both sides hold.

    def compare_by_telephone(self, named: str, *, exercise: bool = False) -> reconciling.Talk:
        return reconciling.Talk(self.office, named, exercise=exercise)

    def list_for(self, named: str, *, exercise: bool = False) -> bytes:
        return reconciling.export(self.office, named, exercise=exercise)

    def compare_list(self, named: str, data: bytes, *, exercise: bool = False) -> reconciling.Result:
        return reconciling.take(self.office, named, data, exercise=exercise)

    def compared(self, named: str) -> list[reconciling.Result]:
        return reconciling.results(self.office, named)

    # Files of any size.

    def seal_file(self, named: str, source: BinaryIO, target: Path, *, spoken: bool = False) -> int:
        """Seal it for an office; Unix seconds after which it opens no more."""
        return files.seal_for(self.office, self.find(named).office, source, target, spoken=spoken)

    def open_file(self, head: ForOffice, source: BinaryIO, target: Path) -> files.Opened:
        return files.open_for(self.office, head, source, target)

    @staticmethod
    def seal_file_under(passphrase: str, source: BinaryIO, target: Path) -> None:
        """Seal it under a passphrase of its own: no office is needed."""
        if len(passphrase) < founding.LEAST_PASSPHRASE:
            raise NotPossible(f"a passphrase has at least {founding.LEAST_PASSPHRASE} characters")
        files.seal_under(passphrase, source, target, os.urandom, keyfile.Cost())

    @staticmethod
    def open_file_under(passphrase: str, head: UnderPassphrase, source: BinaryIO, target: Path) -> None:
        files.open_under(passphrase, head, source, target)

    @staticmethod
    def read_file_head(source: BinaryIO) -> ForOffice | UnderPassphrase:
        return files.read_file_head(source)

    # The register.

    def entries(self) -> Iterator[ev.Entry]:
        return (ev.from_bytes(n, data) for n, data in self.office.register.events())

    def verify_register(self) -> tuple[int, bytes]:
        return self.office.register.verify()


def _standing(other: Correspondent, say: Callable[[str], str]) -> str:
    names = ", ".join(one.by.display for one in other.vouchers) if other.trust == "vouched" else ""
    return say(other.trust) + (f": {names}" if names else "")


def _attachment(folder: Path, name: str) -> Attachment:
    path = folder / name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NotPossible(f"the attachment {name} cannot be read: {error.strerror}") from error
    return parts.Attachment(drafts.attachment_name(name), media.media_type(name), data)
