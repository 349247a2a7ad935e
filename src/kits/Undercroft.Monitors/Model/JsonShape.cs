using System.Text.Json;

namespace Undercroft.Monitors;

/// <summary>One JSON object of a plan while it is read: what is wrong is noted, and reading goes on.</summary>
internal readonly struct JsonShape(JsonElement json, string path, List<PlanProblem> problems)
{
    public string Path => path;

    public bool IsObject => json.ValueKind == JsonValueKind.Object;

    public static string KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => $"the text {Names.Show(Short(value.GetString()!))}",
        JsonValueKind.Null or JsonValueKind.Undefined => "null",
        _ => value.GetRawText() is { Length: <= 40 } raw ? raw : "a number",
    };

    public void Problem(string name, string message)
    {
        if (problems.Count < PlanLimits.ProblemsMax)
        {
            problems.Add(new PlanProblem(name.Length == 0 ? path : Inner(name), message));
        }
    }

    public JsonElement? Find(string name) =>
        IsObject && json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>Notes members nobody knows: most often a misspelt one.</summary>
    public void Only(params ReadOnlySpan<string> known)
    {
        if (!IsObject)
        {
            Problem("", $"found {KindOf(json)}; expected an object.");
            return;
        }

        foreach (var member in json.EnumerateObject())
        {
            if (!known.Contains(member.Name))
            {
                Problem(Short(member.Name), $"no such member is known; expected one of {string.Join(", ", known!)}.");
            }
        }
    }

    public string? Text(string name, bool isRequired = false, int max = PlanLimits.NameMax)
    {
        if (Find(name) is not { } value)
        {
            if (isRequired)
            {
                Problem(name, "is missing; expected a text.");
            }

            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            Problem(name, $"found {KindOf(value)}; expected a text.");
            return null;
        }

        var text = value.GetString()!;
        if (text.Length > max || string.IsNullOrWhiteSpace(text))
        {
            Problem(name, $"has {text.Length} characters; expected 1 to {max}, not only spaces.");
            return null;
        }

        return text;
    }

    public long? Whole(string name, long min, long max, bool isRequired = false)
    {
        if (Find(name) is not { } value)
        {
            if (isRequired)
            {
                Problem(name, $"is missing; expected a whole number from {min} to {max}.");
            }

            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            && number >= min && number <= max)
        {
            return number;
        }

        Problem(name, $"found {KindOf(value)}; expected a whole number from {min} to {max}.");
        return null;
    }

    public bool Flag(string name, bool otherwise)
    {
        if (Find(name) is not { } value)
        {
            return otherwise;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Problem(name, $"found {KindOf(value)}; expected true or false.");
        return otherwise;
    }

    public T? Word<T>(string name, (string Word, T Meaning)[] words, bool isRequired = false)
        where T : struct
    {
        var found = Find(name);
        if (found is null && !isRequired)
        {
            return null;
        }

        if (found is { ValueKind: JsonValueKind.String } text)
        {
            foreach (var (word, meaning) in words)
            {
                if (text.ValueEquals(word))
                {
                    return meaning;
                }
            }
        }

        var expected = string.Join(", ", words.Select(static pair => pair.Word));
        Problem(name, found is { } value
            ? $"found {KindOf(value)}; expected one of {expected}."
            : $"is missing; expected one of {expected}.");
        return null;
    }

    /// <summary>The elements of an array, each as an object to read.</summary>
    public List<JsonShape> Items(string name, int max, bool isRequired = false)
    {
        var items = new List<JsonShape>();
        var found = Find(name);
        if (found is not { ValueKind: JsonValueKind.Array } array)
        {
            if (found is not null || isRequired)
            {
                Problem(name, found is { } value
                    ? $"found {KindOf(value)}; expected an array."
                    : "is missing; expected an array.");
            }

            return items;
        }

        if (array.GetArrayLength() > max)
        {
            Problem(name, $"has {array.GetArrayLength()} elements; expected at most {max}.");
            return items;
        }

        foreach (var element in array.EnumerateArray())
        {
            items.Add(new JsonShape(element, Inner($"{name}[{items.Count}]"), problems));
        }

        return items;
    }

    public JsonShape? Object(string name, bool isRequired = false)
    {
        if (Find(name) is { } value)
        {
            return new JsonShape(value, Inner(name), problems);
        }

        if (isRequired)
        {
            Problem(name, "is missing; expected an object.");
        }

        return null;
    }

    public IEnumerable<JsonProperty> Members(int max)
    {
        if (!IsObject)
        {
            Problem("", $"found {KindOf(json)}; expected an object.");
            return [];
        }

        if (json.GetPropertyCount() > max)
        {
            Problem("", $"has {json.GetPropertyCount()} members; expected at most {max}.");
            return [];
        }

        return json.EnumerateObject();
    }

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "…";

    private string Inner(string name) => path.Length == 0 ? name : $"{path}.{name}";
}
