return { fill = function() end }
