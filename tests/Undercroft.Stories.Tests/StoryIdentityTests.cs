namespace Undercroft.Stories.Tests;

public sealed class StoryIdentityTests
{
    [Fact]
    public void Two_readings_of_one_file_agree_on_every_id()
    {
        const string Text = ":: StoryTitle\nLamp\n\n:: A\n1\n\n:: A\n2\n\n:: B\n3\n";

        var (first, second) = (Make.Twee(Text), Make.Twee(Text));

        Assert.Equal(first.Id, second.Id);
        Assert.Equal(first.Passages.Select(passage => passage.Id), second.Passages.Select(passage => passage.Id));
        Assert.Equal(3, first.Passages.Select(passage => passage.Id).Distinct().Count());
    }

    [Fact]
    public void The_id_of_a_story_is_its_IFID_whatever_its_case() =>
        Assert.Equal(
            Make.Twee(":: StoryData\n{\"ifid\":\"d674c58c-defa-4f70-b7a2-27742230c0fc\"}\n").Id,
            Make.Html("<tw-storydata name=\"x\" ifid=\"D674C58C-DEFA-4F70-B7A2-27742230C0FC\"></tw-storydata>").Id);

    [Fact]
    public void Names_match_first_then_texts_then_likeness_and_the_rest_is_new()
    {
        var known = Make.Story(
            Make.Passage("Hall", "You stand in the hall."),
            Make.Passage("Attic", "Dust, and a trunk with brass corners."),
            Make.Passage("Yard", "Hens walk about here all day long in the sun."),
            Make.Passage("Cellar", "Dark."));
        var incoming = Make.Story(
            Make.Passage("Cellar", "Altogether different."),
            Make.Passage("Loft", "Dust, and a trunk with brass corners."),
            Make.Passage("Garden", "Hens walk about here all day long in the rain."),
            Make.Passage("Roof", "New.")) with
        {
            Passages =
            [
                .. new[]
                {
                    ("Cellar", "Altogether different."), ("Loft", "Dust, and a trunk with brass corners."),
                    ("Garden", "Hens walk about here all day long in the rain."), ("Roof", "New."),
                }.Select((pair, i) => new Passage { Id = "new" + i, Name = pair.Item1, Body = pair.Item2 }),
            ],
            Id = "other",
            StartId = "new1",
        };

        var kept = StoryIdentity.KeepIds(known, incoming);

        Assert.Equal(("story", "id-Attic"), (kept.Id, kept.StartId));
        Assert.Equal(["id-Cellar", "id-Attic", "id-Yard"], kept.Passages.Take(3).Select(passage => passage.Id));
        Assert.DoesNotContain(kept.Passages[3].Id, known.Passages.Select(passage => passage.Id));
    }

    [Fact]
    public void An_id_that_outlived_a_rename_is_not_given_to_a_new_passage_of_the_old_name()
    {
        var first = Make.Twee(":: A\nthe text of the first passage\n");
        var renamed = StoryIdentity.KeepIds(first, Make.Twee(":: B\nthe text of the first passage\n"));

        var both = StoryIdentity.KeepIds(
            renamed, Make.Twee(":: A\nsomething new\n\n:: B\nthe text of the first passage\n"));

        Assert.Equal(first.Passages[0].Id, both.Passages[1].Id);
        Assert.NotEqual(both.Passages[0].Id, both.Passages[1].Id);
    }

    [Fact]
    public void Repeated_names_match_in_order()
    {
        var known = Make.Twee(":: A\n1\n\n:: A\n2\n");

        var kept = StoryIdentity.KeepIds(known, Make.Twee(":: A\none\n\n:: A\ntwo\n\n:: A\nthree\n"));

        Assert.Equal(known.Passages.Select(passage => passage.Id), kept.Passages.Take(2).Select(passage => passage.Id));
        Assert.Equal(3, kept.Passages.Select(passage => passage.Id).Distinct().Count());
    }
}
