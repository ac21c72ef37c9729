"""The list of sounds: name, recipe, whether it loops, its quality in Vorbis, and what its spectrum may hold."""

from dataclasses import dataclass
from typing import Callable, Tuple

from .recipes import creatures, machines, objects, people, voices, water


@dataclass(frozen=True)
class Sound:
    """One sound of the demo.

    `tones` are the bands (Hz) where a tone may stand still for most of the sound; `series` is a fundamental whose
    multiples may. Anything else that stands still is a fault: a whine of the recipe or of the codec.
    """

    name: str
    make: Callable
    loop: bool
    about: str
    quality: float = 5.0
    tones: Tuple[Tuple[float, float], ...] = ()
    series: float = 0.0


SOUNDS = (
    Sound("drip_sink", water.drip_sink, True, "Tap dripping into a steel sink"),
    Sound("drip_pipe", water.drip_pipe, True, "Broken pipe dripping into a puddle"),
    Sound("rain_outside", water.rain_outside, True, "Rain on the sill and the pane, a gutter"),
    Sound("hum_fluorescent", machines.hum_fluorescent, True, "Failing fluorescent tube", series=100.0),
    Sound("hum_transformer", machines.hum_transformer, True, "Transformer in the wall", series=50.0,
          tones=((99, 602),)),
    Sound("fan_ventilation", machines.fan_ventilation, True, "Extractor fan with worn bearings", series=11.75,
          tones=((1380, 1440),)),
    Sound("heart_monitor", machines.heart_monitor, True, "Bedside monitor on an uneven heart", series=100.0),
    Sound("clock_tick", machines.clock_tick, True, "Wall clock out of beat"),
    *(Sound(f"footstep_{number}", people.footstep, False, f"Hard sole on gritty tile, step {number}")
      for number in (1, 2, 3, 4)),
    Sound("footsteps_heavy_far", people.footsteps_heavy_far, True, "Something heavy on the floor above",
          tones=((30, 300),)),
    Sound("breathing", people.breathing, True, "Slow breath with a wheeze"),
    Sound("radio_voice", voices.radio_voice, True, "Announcement through a fading receiver", series=50.0),
    Sound("pager_voice", voices.pager_voice, False, "Ward intercom paging a doctor", tones=((380, 620),), series=100.0),
    Sound("whisper", voices.whisper, True, "Whispering behind the door"),
    Sound("door_creak", objects.door_creak, False, "Dry hinge"),
    Sound("door_slam", objects.door_slam, False, "Ward door slammed by the draught"),
    Sound("metal_scrape", objects.metal_scrape, False, "Bed frame dragged over tile", tones=((200, 9500),)),
    Sound("glass_tinkle", objects.glass_tinkle, True, "Shards falling from a broken pane"),
    Sound("pipe_knock", objects.pipe_knock, True, "Knocking in the heating pipes", tones=((120, 3500),)),
    Sound("music_box", objects.music_box, True, "Detuned music box running down", tones=((140, 6000),)),
    Sound("wheelchair_squeak", objects.wheelchair_squeak, True, "Empty wheelchair rolling"),
    Sound("rat_scurry", creatures.rat_scurry, True, "Rat in a ceiling duct"),
    Sound("flies_buzz", creatures.flies_buzz, True, "Three flies", tones=((120, 1200),)),
    Sound("wind_window", creatures.wind_window, True, "Gusts through a broken window", tones=((60, 2400),)),
)
