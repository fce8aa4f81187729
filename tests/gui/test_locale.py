#!/usr/bin/python3
"""Dates, times and numbers in other locales, which are made for the test."""
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import driver
import test_workers
from gi.repository import Gio

driver.inside()


class LocaleTest(test_workers.AppTest):
    """In each of them, the details of a payment have the date, and Overview the balance."""

    clock = None  # as chosen for the desktop

    def setUp(self):
        localedef = shutil.which("localedef")
        if localedef is None or not pathlib.Path("/usr/share/i18n/locales", self.locale).exists():
            self.skipTest("no sources of locales")
        self.folder = tempfile.TemporaryDirectory()
        base = pathlib.Path(self.folder.name)
        locales = base / "locales"
        locales.mkdir()
        subprocess.run([localedef, "-i", self.locale, "-f", "UTF-8", locales / f"{self.locale}.UTF-8"], check=True)
        program, environment = driver.with_fake_workers(base / "bin")
        environment.update(LOCPATH=str(locales), LC_ALL=f"{self.locale}.UTF-8", LANGUAGE="C", TZ="UTC")
        self.settings = pathlib.Path(driver.os.environ["XDG_CONFIG_HOME"]) / "glib-2.0" / "settings" / "keyfile"
        if self.clock is not None:
            environment["GSETTINGS_BACKEND"] = "keyfile"
            self.choose_clock(self.clock)
        self.data = base / "data"
        self.data.mkdir()
        self.app = driver.Application(self.data, "-regtest", program=program, environment=environment).start()

    def choose_clock(self, clock):
        """As the settings of the desktop do."""
        self.settings.parent.mkdir(parents=True, exist_ok=True)
        new = self.settings.with_suffix(".new")
        new.write_text(f"[org/gnome/desktop/interface]\nclock-format='{clock}'\n")
        new.rename(self.settings)

    def open(self):
        self.fake(history=1200)
        self.app.click("Get started")
        self.app.click("Create wallet")
        self.app.click("Open wallet")
        self.app.expect("Recent activity")
        self.app.page("activity")

    def expect_match(self, pattern):
        driver.wait_for(lambda: f"“{pattern}”; there is {self.app.texts_briefly()}",
                        lambda: any(re.search(pattern, text) for text in self.app.texts()), 15)


class GermanTest(LocaleTest):
    locale = "de_DE"

    def test_texts(self):
        self.open()
        self.expect_match(r"^\+0,000 010 00 BTC$")
        self.expect_match(r"^(Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag), \d+ \w+ \d{4}$")
        self.expect_match(r"\b\d\d:\d\d\b")
        self.fake(state="importing", progress=0.5, height=123456)
        self.app.page("overview")
        self.expect_match(r"block 123\.456")
        self.fake()
        self.app.page("send")
        self.refuse("1.000 sat", "A satoshi has no decimals. Write thousands without a separator, as in 1000.")
        self.refuse("1.000", "it is not clear which of the two this is")
        self.refuse("0.5 mBTC", "Enter a number of BTC or sat, as in 0,5 BTC.")

    def refuse(self, amount, sentence):
        self.app.type("Amount", amount)
        self.app.click("Review")
        self.app.expect(sentence)


class AmericanTest(LocaleTest):
    locale = "en_US"

    def test_texts(self):
        self.open()
        self.expect_match(r"^\+0\.000 010 00 BTC$")
        self.expect_match(r"^\w+day, [A-Z]\w+ \d+, \d{4}$")
        self.expect_match(r"\b\d?\d:\d\d [AP]M\b")


class ClockTest(LocaleTest):
    """The clock is the one that was chosen for the desktop, whatever is usual in the locale, everywhere and at once."""
    HOURS_12, HOURS_24 = r"(^|[ ,·])\d?\d:\d\d [AaPp][Mm]\b", r"(^|[ ,·])\d\d:\d\d$"

    def setUp(self):
        if "org.gnome.desktop.interface" not in Gio.SettingsSchemaSource.get_default().list_schemas(True)[0]:
            self.skipTest("no settings of a desktop")
        super().setUp()

    def expect_clock(self, clock):
        shown, other = (self.HOURS_12, self.HOURS_24) if clock == "12h" else (self.HOURS_24, self.HOURS_12)
        self.expect_match(shown)
        self.expect_no_match(other)

    def expect_no_match(self, pattern):
        driver.wait_for(f"no “{pattern}”", lambda: not any(re.search(pattern, text) for text in self.app.texts()), 15)

    def both(self, first, second):
        app = self.app
        self.open()
        self.expect_clock(first)
        self.choose_clock(second)
        self.expect_clock(second)
        row = driver.wait_for("a payment", lambda: next((node for node in app.everything() if node.role == "list item" and ":" in node.name), None))
        row.press()
        app.expect("Transaction ID")
        self.expect_clock(second)
        self.choose_clock(first)
        self.expect_clock(first)
        app.click("Back")
        app.page("overview")
        app.expect("Recent activity")
        self.expect_no_match(self.HOURS_24 if first == "12h" else self.HOURS_12)


class AmericanClockTest(ClockTest):
    locale, clock = "en_US", "24h"

    def test_clock(self):
        self.both("24h", "12h")


class BritishClockTest(ClockTest):
    locale, clock = "en_GB", "12h"

    def test_clock(self):
        self.both("12h", "24h")


del LocaleTest, ClockTest

if __name__ == "__main__":
    unittest.main(verbosity=2)
