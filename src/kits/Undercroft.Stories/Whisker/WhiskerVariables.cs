namespace Undercroft.Stories;

/// <summary>The variables of a story, in any form.</summary>
internal sealed class WhiskerVariables
{
    private static readonly string[] ListKeys = ["name", "type", "initial"];
    private static readonly string[] TypedKeys = ["type", "default"];

    private readonly List<(string Name, string? Type, string Value, List<StoryField> More)> all = [];

    public int Count => all.Count;

    /// <summary>Reads the value of <c>variables</c>; null where it is in none of the forms.</summary>
    public static WhiskerVariables? Read(string json)
    {
        var variables = new WhiskerVariables();
        if (json.StartsWith('['))
        {
            var items = JsonScan.Items(json, 0).ConvertAll(item => JsonScan.Fields(json, item.Start, out _));
            return items.TrueForAll(variables.TakeItem) ? variables : null;
        }

        if (!json.StartsWith('{'))
        {
            return null;
        }

        foreach (var member in JsonScan.Fields(json, 0, out _))
        {
            variables.TakeMember(member);
        }

        return variables;
    }

    /// <summary>The variables in a form.</summary>
    public string Write(WhiskerVariableForm form) => form == WhiskerVariableForm.List
        ? JsonBuild.Values(all.Select(variable => JsonBuild.Object(
        [
            new StoryField("name", variable.Name),
            new StoryField("type", variable.Type ?? TypeOf(variable.Value)),
            new StoryField("initial", variable.Value, IsJson: true),
            .. variable.More,
        ])))
        : JsonBuild.Object(all.Select(variable => new StoryField(
            variable.Name,
            form == WhiskerVariableForm.Plain
                ? variable.Value
                : JsonBuild.Object(
                [
                    new StoryField("type", variable.Type ?? TypeOf(variable.Value)),
                    new StoryField("default", variable.Value, IsJson: true),
                    .. variable.More,
                ]),
            IsJson: true)));

    /// <summary>What a form cannot say.</summary>
    public IEnumerable<string> Losses(WhiskerVariableForm form)
    {
        var twice = form == WhiskerVariableForm.List
            ? []
            : all.GroupBy(variable => variable.Name).Where(group => group.Count() > 1).Select(group => group.Key);
        var untold = form == WhiskerVariableForm.Plain
            ? all.Where(variable => (variable.Type ?? TypeOf(variable.Value)) != TypeOf(variable.Value)
                || variable.More.Count > 0)
                .Select(variable =>
                    $"{variable.Name}: {variable.Type} "
                    + (variable.More.Count > 0 ? JsonBuild.Object(variable.More) : ""))
            : [];
        return twice.Concat(untold);
    }

    private bool TakeItem(List<StoryField> members)
    {
        var name = members.Find(member => member is { Name: "name", IsJson: false });
        var value = members.Find(member => member.Name == "initial")
            ?? members.Find(member => member.Name == "default");
        var type = members.Find(member => member is { Name: "type", IsJson: false });
        if (name is null || value is null || members.Exists(member => member is { Name: "type", IsJson: true }))
        {
            return false;
        }

        var rest = members.FindAll(member => !ListKeys.Contains(member.Name) && !ReferenceEquals(member, value));
        all.Add((name.Value, type?.Value, JsonBuild.Value(value), rest));
        return true;
    }

    private void TakeMember(StoryField member)
    {
        var members = WhiskerHead.IsObject(member) ? JsonScan.Fields(member.Value, 0, out _) : [];
        var type = members.Find(inner => inner is { Name: "type", IsJson: false });
        var value = members.Find(inner => inner.Name == "default") ?? members.Find(inner => inner.Name == "initial");
        if (type is null || value is null)
        {
            all.Add((member.Name, null, JsonBuild.Value(member), []));
            return;
        }

        var rest = members.FindAll(inner => !TypedKeys.Contains(inner.Name) && !ReferenceEquals(inner, value));
        all.Add((member.Name, type.Value, JsonBuild.Value(value), rest));
    }

    private static string TypeOf(string json) => json[0] switch
    {
        '"' => "string",
        't' or 'f' => "boolean",
        'n' => "nil",
        '{' or '[' => "table",
        _ => "number",
    };
}
