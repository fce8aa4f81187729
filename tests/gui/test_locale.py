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

driver.inside()


class LocaleTest(test_workers.AppTest):
    """In each of them, the details of a payment have the date, and Overview the balance."""

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
        self.data = base / "data"
        self.data.mkdir()
        self.app = driver.Application(self.data, "-regtest", program=program, environment=environment).start()

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


class AmericanTest(LocaleTest):
    locale = "en_US"

    def test_texts(self):
        self.open()
        self.expect_match(r"^\+0\.000 010 00 BTC$")
        self.expect_match(r"^\w+day, [A-Z]\w+ \d+, \d{4}$")
        self.expect_match(r"\b\d?\d:\d\d [AP]M\b")


del LocaleTest

if __name__ == "__main__":
    unittest.main(verbosity=2)
